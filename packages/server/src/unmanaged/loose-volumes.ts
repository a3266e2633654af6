import { type LooseFile, looseFileName } from '@altostack/agent-api'
import type { ResponseValue, volumeForImportResponse } from '@altostack/api'
import { volumeFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import { findPool, hostPoolRef, templateCopiesOn } from '../storage/index.ts'
import { hostForPool } from '../volume/index.ts'

export type VolumeForImportView = ResponseValue<typeof volumeForImportResponse>
type Pool = Row<'storage_pool'>

/** The file's name in the directory of the pool, from what an operator wrote. Throws 431 for what leads elsewhere. */
export function readFileName(pool: Pool, path: string): string {
  const directory = `${hostPoolRef(pool).path.replace(/\/+$/, '')}/`
  const name = path.startsWith(directory) ? path.slice(directory.length) : path.replace(/^\/(?=[^/]+$)/, '')
  if (looseFileName.safeParse(name).success) return name
  throw volumeFailure(
    'volume.import-path',
    `${JSON.stringify(path)} is no file in the directory of pool ${pool.name}`,
    {
      seen: path.slice(0, 200),
    },
  )
}

/** Throws unless the pool serves now and keeps its images as files. */
export function requireFilePool(pool: Pool): void {
  const seen = {
    seen: `${pool.pool_type}, ${pool.status}`,
    entities: [{ uuid: pool.uuid, description: 'storage pool' }],
  }
  if (!['SharedMountPoint', 'Filesystem', 'NetworkFilesystem'].includes(pool.pool_type)) {
    throw volumeFailure('volume.import-refused', `Pool ${pool.name} has logical volumes, not files`, seen)
  }
  if (pool.status !== 'Up') throw volumeFailure('volume.import-refused', `Pool ${pool.name} is ${pool.status}`, seen)
}

/** Files of a pool that no row knows: as a host of the pool sees them now. */
export async function looseFilesOf(
  ctx: ServerContext,
  db: Queries,
  pool: Pool,
  name: string | undefined,
  signal?: AbortSignal,
): Promise<LooseFile[]> {
  const hostId = await hostForPool(db, ctx, pool.id)
  if (hostId === undefined) {
    throw volumeFailure('volume.pool-unreachable', `No connected host has pool ${pool.name} attached`)
  }
  const call = { pool: hostPoolRef(pool), ...(name === undefined ? {} : { name }) }
  const { files } = await ctx.agents.call(hostId, 'volume.unmanaged', call, signal === undefined ? {} : { signal })
  const known = await knownNames(db, pool.id)
  return files.filter((file) => !known.has(file.name))
}

/** Names that belong to something of ours on the pool: volumes, also those on their way, template copies, snapshots. */
async function knownNames(db: Queries, poolId: number): Promise<ReadonlySet<string>> {
  const volumes = await db
    .selectFrom('volumes')
    .select('uuid')
    .where('removed', 'is', null)
    .where((eb) =>
      eb.or([eb('pool_id', '=', poolId), eb('copy_pool_id', '=', poolId), eb('state', 'in', ['Migrating', 'Copying'])]),
    )
    .execute()
  const copies = await templateCopiesOn(db, poolId)
  const snapshots = await db.selectFrom('snapshots').select('uuid').where('pool_id', '=', poolId).execute()
  return new Set([...copies, ...[...volumes, ...snapshots].map((row) => row.uuid)])
}

/** A file that may become a disk. */
export type Importable = { readonly name: string; readonly format: 'qcow2' | 'raw'; readonly virtualSizeBytes: number }

/** What a host says of the file now; throws by name unless it may become a disk. */
export async function lookAt(
  ctx: ServerContext,
  poolId: number,
  name: string,
  signal: AbortSignal,
): Promise<Importable> {
  const pool = await requireLivingPool(ctx.db, poolId)
  const [file] = await looseFilesOf(ctx, ctx.db, pool, name, signal)
  return requireImportable(pool, name, file)
}

function requireImportable(pool: Row<'storage_pool'>, name: string, file: LooseFile | undefined): Importable {
  const fail = (text: string): Error =>
    volumeFailure('volume.import-refused', text, { entities: [{ uuid: pool.uuid, description: 'storage pool' }] })
  if (file === undefined) throw fail(`Pool ${pool.name} has no file ${name} that is not a volume already`)
  const { format, virtualSizeBytes } = file
  if (format === undefined || virtualSizeBytes === undefined) {
    throw fail(`The file ${name} cannot become a volume: ${file.seen ?? 'it has no format that is known'}`)
  }
  return { name, format, virtualSizeBytes }
}

export async function requireLivingPool(db: Queries, id: number): Promise<Row<'storage_pool'>> {
  const pool = await findPool(db, id)
  if (pool === undefined) throw volumeFailure('volume.import-refused', 'The storage pool was deleted meanwhile')
  return pool
}

export function looseFileView(pool: Pool, file: LooseFile): VolumeForImportView {
  const { name, format, sizeBytes, virtualSizeBytes, seen } = file
  return {
    name,
    path: name,
    fullpath: `${hostPoolRef(pool).path.replace(/\/+$/, '')}/${name}`,
    format,
    size: sizeBytes,
    virtualsize: virtualSizeBytes,
    storageid: pool.uuid,
    storage: pool.name,
    storagetype: pool.pool_type,
    importrefusal: seen,
  }
}
