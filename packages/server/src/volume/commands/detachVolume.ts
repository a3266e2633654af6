import { detachVolume } from '@altostack/api'
import { apiFailure, volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { Queries, Row } from '../../db/database.ts'
import { volumesOfVm } from '../volume.repository.ts'
import type { Volume } from '../volume.states.ts'
import { volumeViews } from '../volume.view.ts'
import { volumeLock } from '../volume-lock.ts'
import { ownerVm, refuseVmSnapshots, requireVolumeState } from '../volume-rules.ts'
import { chooseSite } from '../volume-site.ts'
import { volumeDetachWorkflow } from '../workflows/volume-detach.ts'

export const handler = defineHandler(detachVolume, {
  submit: async ({ ctx, tx, input, entities }) => {
    const volume = await namedVolume(tx, entities.id, entities.virtualmachineid, input.deviceid)
    requireVolumeState(volume, ['Ready', 'Allocated'], 'detaching it')
    const vm = await ownerVm(tx, volume, 'detaching a volume')
    if (vm === undefined) {
      throw volumeFailure('volume.not-attached', `Volume ${volume.name} is attached to nothing`, {
        entities: [{ uuid: volume.uuid, description: 'volume' }],
      })
    }
    if (volume.volume_type === 'ROOT' && vm.state !== 'Stopped') {
      throw volumeFailure('volume.detach', `${vm.name} runs on its root disk`, {
        fix: 'Stop the virtual machine first.',
      })
    }
    await refuseVmSnapshots(tx, vm.id)
    const runs = vm.state === 'Running' && volume.pool_id !== null
    return {
      workflow: volumeDetachWorkflow,
      lockKey: volumeLock(volume),
      instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
      owner: { accountId: volume.account_id, domainId: volume.domain_id },
      input: {
        volumeId: volume.id,
        vmId: vm.id,
        site: runs ? await chooseSite(tx, ctx, vm, []) : null,
        timeoutMs: (await ctx.config.number('alto.volume.detach.wait', {}, tx)) * 1000,
      },
    }
  },
  result: async ({ db, output }) => {
    const { volumeId } = output.given as { readonly volumeId: number }
    return (await volumeViews(db, [volumeId]))[0] ?? {}
  },
  eventText: ({ input, entities }) => `detaching volume: ${entities.id?.uuid ?? `device ${input.deviceid}`}`,
})

async function namedVolume(
  db: Queries,
  volume: Volume | undefined,
  vm: Row<'vm_instance'> | undefined,
  deviceId: number | undefined,
): Promise<Volume> {
  if (volume !== undefined) {
    if (vm !== undefined || deviceId !== undefined) {
      throw apiFailure('api.parameter', 'Name the volume by id, or by virtualmachineid and deviceid, not both')
    }
    return volume
  }
  if (vm === undefined || deviceId === undefined) {
    throw apiFailure('api.parameter', 'Name the volume by id, or by virtualmachineid and deviceid')
  }
  const found = (await volumesOfVm(db, vm.id)).find((one) => one.device_id === deviceId)
  if (found !== undefined) return found
  throw volumeFailure('volume.not-attached', `Virtual machine ${vm.name} has no disk with device id ${deviceId}`)
}
