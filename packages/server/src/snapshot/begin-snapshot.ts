import { volumeFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import {
  chooseSite,
  moveVolume,
  ownerVm,
  requireVolumeState,
  type Site,
  type Volume,
  volumeLock,
} from '../volume/index.ts'
import { requireSnapshot } from './snapshot.repository.ts'
import { moveSnapshot, type Snapshot } from './snapshot.states.ts'

export type SnapshotWish = {
  readonly name: string | undefined
  readonly type: string
  readonly policyId?: number
}
export type BegunSnapshot = {
  readonly snapshot: Snapshot
  readonly lockKey: string
  readonly input: { readonly snapshotId: number; readonly volumeId: number; readonly site: Site }
}

/** Writes the row of a new snapshot with its claims and moves the volume: what a run then does. */
export async function beginSnapshot(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  wish: SnapshotWish,
): Promise<BegunSnapshot> {
  if (!(await ctx.config.flag('kvm.snapshot.enabled', {}, tx))) {
    throw volumeFailure('snapshot.disabled', 'Snapshots of volumes are switched off')
  }
  requireVolumeState(volume, ['Ready'], 'a snapshot')
  const vm = await ownerVm(tx, volume, 'a snapshot')
  const site = await chooseSite(tx, ctx, vm, [volume.pool_id!])
  const account = await tx
    .selectFrom('account')
    .selectAll()
    .where('id', '=', volume.account_id)
    .executeTakeFirstOrThrow()
  await requireWithinLimits(tx, ctx, account, { snapshots: 1, imageBytes: volume.physical_size ?? 0 })
  const now = ctx.runtime.now()
  const { insertId } = await tx
    .insertInto('snapshots')
    .values({
      uuid: ctx.runtime.uuid(),
      name: wish.name ?? `${vm?.name ?? 'detached'}_${volume.name}_${stamp(now)}`,
      account_id: volume.account_id,
      domain_id: volume.domain_id,
      data_center_id: volume.data_center_id,
      volume_id: volume.id,
      disk_offering_id: volume.disk_offering_id,
      status: 'Allocated',
      type_description: wish.type,
      policy_id: wish.policyId ?? null,
      size: volume.size,
      pool_id: volume.pool_id,
      template_id: volume.template_id,
      created: now,
    })
    .executeTakeFirstOrThrow()
  const cause = 'snapshot.create'
  const allocated = await requireSnapshot(tx, Number(insertId))
  const snapshot = await moveSnapshot(tx, ctx, allocated, 'CreateRequested', {
    cause,
    evidence: { volume: volume.uuid },
  })
  await moveVolume(tx, ctx, volume, 'SnapshotRequested', { cause, evidence: { snapshot: snapshot.uuid } })
  return {
    snapshot,
    lockKey: volumeLock(volume),
    input: { snapshotId: snapshot.id, volumeId: volume.id, site },
  }
}

/** 20261126093000 */
function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:T]/g, '').slice(0, 14)
}
