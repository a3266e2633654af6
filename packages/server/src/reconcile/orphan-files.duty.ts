import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import type { Duty } from '../duties/duty.ts'
import { hostPoolRef, stepTokens } from '../storage/index.ts'
import { hostForPool } from '../volume/index.ts'
import { type KnownVolume, planOrphanFiles, volumeUuid } from './orphan-files-plan.ts'
import { noteTurn } from './status.ts'

/** A file younger than this may belong to something that is just being made, ms. */
const minimumAgeMs = 3_600_000

/** Removes files of volumes that are gone from the pools, every storage.cleanup.interval. */
export const orphanFilesDuty: Duty = {
  name: 'orphan-files',
  pauseMs: async (ctx) => (await ctx.config.number('storage.cleanup.interval')) * 1000,
  run: async (ctx) => {
    if (!(await ctx.config.flag('storage.cleanup.enabled'))) return
    await cleanPools(ctx, minimumAgeMs)
  },
}

/** Looks at every pool through one connected host; answers how many files were removed. */
export async function cleanPools(ctx: ServerContext, ageMs: number): Promise<number> {
  const pools = await ctx.db
    .selectFrom('storage_pool')
    .selectAll()
    .where('removed', 'is', null)
    .where('status', '=', 'Up')
    .execute()
  let looked = 0
  let removed = 0
  for (const pool of pools) {
    try {
      const turn = await cleanPool(ctx, pool, ageMs)
      looked += turn.looked
      removed += turn.removed
    } catch (error) {
      ctx.log.warn({ pool: pool.uuid, err: error }, `a pool could not be cleaned: ${errorText(error)}`)
    }
  }
  noteTurn(ctx, 'orphan-files', { looked, acted: removed })
  return removed
}

async function cleanPool(
  ctx: ServerContext,
  pool: Row<'storage_pool'>,
  ageMs: number,
): Promise<{ looked: number; removed: number }> {
  const hostId = await hostForPool(ctx.db, ctx, pool.id)
  if (hostId === undefined) return { looked: 0, removed: 0 }
  const { files } = await ctx.agents.call(hostId, 'pool.list', { pool: hostPoolRef(pool) })
  const names = files.flatMap((file) => (file.kind === 'volume' ? (volumeUuid(file.name) ?? []) : []))
  const plan = planOrphanFiles(pool.id, files, await volumesByUuid(ctx, names), ctx.runtime.now() - ageMs)
  if (plan.unknown.length > 0) {
    ctx.log.warn(
      { pool: pool.name, files: plan.unknown.slice(0, 20) },
      'files of volumes that no row names are left alone',
    )
  }
  const runId = ctx.runtime.uuid()
  for (const volumeUuid of plan.remove) {
    const tokens = await stepTokens(ctx, hostId, { key: `${runId}/clean`, runId, epoch: 1 }, volumeUuid)
    await ctx.agents.call(hostId, 'volume.remove', { tokens, pool: hostPoolRef(pool), volumeUuid })
    ctx.agents.acknowledge(hostId, [tokens.key])
    ctx.log.info({ pool: pool.name, volumeUuid }, 'the file of a volume that is gone was removed')
  }
  return { looked: files.length, removed: plan.remove.length }
}

async function volumesByUuid(ctx: ServerContext, uuids: readonly string[]): Promise<ReadonlyMap<string, KnownVolume>> {
  const known = new Map<string, KnownVolume>()
  for (let start = 0; start < uuids.length; start += 500) {
    const rows = await ctx.db
      .selectFrom('volumes')
      .select(['uuid', 'pool_id', 'removed', 'state'])
      .where('uuid', 'in', uuids.slice(start, start + 500))
      .execute()
    for (const row of rows)
      known.set(row.uuid, {
        uuid: row.uuid,
        poolId: row.pool_id,
        live: row.removed === null,
        moving: row.state === 'Migrating',
      })
  }
  return known
}
