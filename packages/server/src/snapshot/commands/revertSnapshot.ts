import { revertSnapshot } from '@altostack/api'
import { volumeFailure } from '@altostack/core'
import { requireAccount } from '../../account/index.ts'
import { requireWithinLimits } from '../../account/resource-limits.ts'
import { defineHandler } from '../../command/handler.ts'
import {
  chooseSite,
  claimGrowth,
  moveVolume,
  ownerVm,
  refuseVmSnapshots,
  requireVolume,
  requireVolumeState,
  volumeLock,
} from '../../volume/index.ts'
import { snapshotViews } from '../snapshot.view.ts'
import { imageOf, requireBackedUp } from '../snapshot-image.ts'
import { snapshotRevertWorkflow } from '../workflows/snapshot-revert.ts'

export const handler = defineHandler(revertSnapshot, {
  submit: async ({ ctx, tx, entities }) => {
    const { id: snapshot } = entities
    requireBackedUp(snapshot)
    const volume = await requireVolume(tx, snapshot.volume_id)
    if (volume.removed !== null) {
      throw volumeFailure('snapshot.revert', `The volume of snapshot ${snapshot.name} is gone`, {
        fix: 'Make a new volume of it with createVolume and snapshotid.',
      })
    }
    requireVolumeState(volume, ['Ready'], 'bringing it back')
    const vm = await ownerVm(tx, volume, 'bringing a volume back')
    if (vm !== undefined && vm.state !== 'Stopped') {
      throw volumeFailure('snapshot.revert', `Virtual machine ${vm.name} is ${vm.state}`, {
        fix: 'Stop it first.',
        entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
      })
    }
    await refuseVmSnapshots(tx, volume.instance_id)
    if (volume.format === 'RAW')
      throw volumeFailure('snapshot.revert', `Volume ${volume.name} is raw; make a new volume of the snapshot`)
    const { virtualSizeBytes: toBytes } = await imageOf(tx, snapshot.id)
    if (toBytes > volume.size) {
      const account = await requireAccount(tx, volume.account_id)
      await requireWithinLimits(tx, ctx, account, { diskBytes: toBytes - volume.size })
      await claimGrowth(tx, ctx, volume, toBytes - volume.size)
    }
    const site = await chooseSite(tx, ctx, vm, [volume.pool_id!])
    await moveVolume(tx, ctx, volume, 'RevertSnapshotRequested', {
      cause: 'snapshot.revert',
      evidence: { snapshot: snapshot.uuid },
    })
    return {
      workflow: snapshotRevertWorkflow,
      lockKey: volumeLock(volume),
      instance: { type: 'Snapshot', id: snapshot.id, uuid: snapshot.uuid },
      input: { snapshotId: snapshot.id, volumeId: volume.id, site, fromBytes: volume.size, toBytes },
    }
  },
  result: async ({ db, entities }) => (await snapshotViews(db, [entities.id.id]))[0] ?? {},
  eventText: ({ entities }) => `reverting to snapshot: ${entities.id.uuid}`,
})
