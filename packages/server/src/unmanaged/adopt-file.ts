import type { Result } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import { hostPoolRef } from '../storage/index.ts'
import { callSite, type Site, undoSite } from '../volume/index.ts'
import { type Importable, requireLivingPool } from './loose-volumes.ts'

/** A step of an import, and where the file is. */
type ImportStep = Parameters<typeof callSite>[1] & {
  readonly epoch: number
  readonly attempt: number
  readonly input: { readonly poolId: number; readonly site: Site }
}

/** The host examines the file and gives it the volume's name. Repeatable. */
export async function adoptFile(
  ctx: ServerContext,
  s: ImportStep,
  file: Importable,
  volumeUuid: string,
): Promise<Result<'volume.adopt'>> {
  const pool = hostPoolRef(await requireLivingPool(ctx.db, s.input.poolId))
  return await callSite(ctx, s, s.input.site, 'volume.adopt', { pool, ...file, volumeUuid })
}

/** Its undo: the file has its own name again. By another host of the pool where that one is lost. */
export async function returnFile(
  ctx: ServerContext,
  s: ImportStep,
  { name }: Importable,
  volumeUuid: string,
): Promise<void> {
  const pool = hostPoolRef(await requireLivingPool(ctx.db, s.input.poolId))
  const site = await undoSite(ctx, s.input.site, s.input.poolId)
  await callSite(ctx, s, site, 'volume.release', { pool, name, volumeUuid }, { part: `undo-${s.epoch}-${s.attempt}` })
}
