import { volumeFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import { requireAccount } from '../../account/account.repository.ts'
import { requireWithinLimits } from '../../account/resource-limits.ts'
import { claimPoolAsSeen, releasePool } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Row, Tx } from '../../db/database.ts'
import { findDiskOffering } from '../../offering/index.ts'
import {
  deleteVolume,
  findVolumeByUuid,
  insertVolume,
  moveVolume,
  requireVolume,
  type Site,
} from '../../volume/index.ts'
import { adoptFile, returnFile } from '../adopt-file.ts'
import { type Importable, lookAt, requireLivingPool } from '../loose-volumes.ts'

const cause = 'volume.import'
const uuidName = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export type VolumeImportInput = {
  readonly poolId: number
  readonly fileName: string
  readonly volumeName: string
  readonly accountId: number
  readonly offeringId: number | null
  readonly site: Site
}
/**
 * Makes a file of a pool a data volume: what a host says of it is what the row is written from, then the host examines it
 * and gives it the volume's name. A failure leaves the file under its own name and no row.
 */
export const volumeImportWorkflow = defineWorkflow<ServerContext, VolumeImportInput, Database>('volume.import')
  .step('look', {
    do: (s): Promise<Importable> => lookAt(s.ctx, s.input.poolId, s.input.fileName, s.signal),
    deadlineMs: 60_000,
  })
  .transact('rows', {
    do: (tx, s) => writeRow(tx, s.ctx, s.input, s.out.look),
    undo: async (tx, s) => await removeRow(tx, s.out.rows.volumeId),
  })
  .step('adopt', {
    do: (s) => adoptFile(s.ctx, s, s.out.look, s.out.rows.uuid),
    undo: (s) => returnFile(s.ctx, s, s.out.look, s.out.rows.uuid),
    deadlineMs: 10 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx } = s
    const volume = await requireVolume(tx, s.out.rows.volumeId)
    await moveVolume(tx, ctx, volume, 'OperationSucceeded', {
      cause,
      evidence: { file: s.input.fileName },
      set: { physical_size: s.out.adopt.physicalBytes },
    })
    const { hostId } = s.input.site
    ctx.afterCommit(() => ctx.agents.acknowledge(hostId, [`${s.runId}/adopt`]))
  })
  .build()

async function writeRow(tx: Tx, ctx: ServerContext, input: VolumeImportInput, file: Importable) {
  const pool = await requireLivingPool(tx, input.poolId)
  const account = await requireAccount(tx, input.accountId)
  const { virtualSizeBytes: size } = file
  await requireWithinLimits(tx, ctx, account, { volumes: 1, diskBytes: size })
  await requireOffering(tx, input, pool, size)
  const uuid = await uuidFor(tx, ctx, file.name)
  const now = ctx.runtime.now()
  const volumeId = await insertVolume(tx, {
    uuid,
    name: input.volumeName,
    account_id: account.id,
    domain_id: account.domain_id,
    data_center_id: pool.data_center_id,
    pool_id: pool.id,
    volume_type: 'DATADISK',
    state: 'Creating',
    disk_offering_id: input.offeringId,
    size,
    format: file.format === 'raw' ? 'RAW' : 'QCOW2',
    path: uuid,
    display_volume: 1,
    created: now,
    updated: now,
  })
  await claimPoolAsSeen(tx, pool.id, size)
  return { volumeId, uuid }
}

/** A file that has a uuid as its name keeps it, unless a row that is gone had it. */
async function uuidFor(tx: Tx, ctx: ServerContext, name: string): Promise<string> {
  if (!uuidName.test(name)) return ctx.runtime.uuid()
  return (await findVolumeByUuid(tx, name)) === undefined ? name : ctx.runtime.uuid()
}

async function requireOffering(
  tx: Tx,
  input: VolumeImportInput,
  pool: Row<'storage_pool'>,
  size: number,
): Promise<void> {
  const offering = input.offeringId === null ? undefined : await findDiskOffering(tx, input.offeringId)
  if (offering === undefined) return
  if (offering.customized !== 1 && offering.disk_size > 0 && offering.disk_size !== size) {
    throw volumeFailure(
      'volume.offering',
      `The file has ${size} bytes, disk offering ${offering.name} ${offering.disk_size}`,
    )
  }
  if ((offering.use_local_storage === 1) !== (pool.scope === 'HOST')) {
    throw volumeFailure(
      'volume.offering',
      `Pool ${pool.name} is ${pool.scope === 'HOST' ? 'local' : 'shared'} storage, disk offering ${offering.name} is for the other`,
    )
  }
}

async function removeRow(tx: Tx, volumeId: number): Promise<void> {
  const volume = await requireVolume(tx, volumeId)
  await releasePool(tx, volume.pool_id!, volume.size)
  await deleteVolume(tx, volumeId)
}
