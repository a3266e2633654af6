import { attachVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { beginAttach } from '../begin-attach.ts'
import { volumeViews } from '../volume.view.ts'
import { volumeAttachWorkflow } from '../workflows/volume-attach.ts'

export const handler = defineHandler(attachVolume, {
  submit: async ({ ctx, tx, input, entities }) => {
    const { id: volume, virtualmachineid: vm } = entities
    return {
      workflow: volumeAttachWorkflow,
      lockKey: `vm:${vm.id}`,
      instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
      input: await beginAttach(tx, ctx, volume, vm, input.deviceid),
    }
  },
  result: async ({ db, entities }) => (await volumeViews(db, [entities.id.id]))[0] ?? {},
  eventText: ({ entities }) => `attaching volume: ${entities.id.uuid} to Vm: ${entities.virtualmachineid.uuid}`,
})
