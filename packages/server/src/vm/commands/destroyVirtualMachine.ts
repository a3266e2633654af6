import { destroyVirtualMachine } from '@altostack/api'
import { virtualMachineFailure, volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireExpungeRight } from '../caller-rights.ts'
import { vmLock } from '../vm.repository.ts'
import { moveVm, requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmDestroyWorkflow } from '../workflows/vm-destroy.ts'

export const handler = defineHandler(destroyVirtualMachine, {
  submit: async ({ ctx, tx, caller, input, entities }) => {
    const { id: vm } = entities
    const expunge = input.expunge === true
    if (expunge) await requireExpungeRight(ctx, tx, caller)
    requireVmState(vm, ['Running', 'Stopping', 'Stopped', 'Error', 'Destroyed'], 'destroying it')
    if (vm.delete_protection === 1) {
      throw virtualMachineFailure(
        'virtual-machine.protected',
        `Virtual machine ${vm.name} is protected from deletion`,
        {
          entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
        },
      )
    }
    for (const volume of entities.volumeids ?? []) {
      if (volume.instance_id !== vm.id || volume.volume_type === 'ROOT') {
        throw volumeFailure('volume.not-attached', `Volume ${volume.name} is no data disk of ${vm.name}`, {
          entities: [{ uuid: volume.uuid, description: 'volume' }],
        })
      }
      if (volume.delete_protection === 1) {
        throw volumeFailure('volume.protected', `Volume ${volume.name} is protected from deletion`)
      }
    }
    const runs = vm.state === 'Running' || vm.state === 'Stopping'
    if (runs) await moveVm(tx, ctx, vm, 'StopRequested', { cause: 'vm.destroy' })
    const atOnce = input.forced === true || (await ctx.config.flag('vm.destroy.forcestop', {}, tx))
    return {
      workflow: vmDestroyWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      input: {
        vmId: vm.id,
        hostId: runs ? vm.host_id : null,
        graceMs: atOnce ? 0 : (await ctx.config.number('alto.vm.stop.grace.seconds', {}, tx)) * 1000,
        expunge,
        volumeIds: (entities.volumeids ?? []).map((volume) => volume.id),
      },
    }
  },
  plan: async ({ input, entities }) => ({
    moves: [
      { entity: entities.id.uuid, from: entities.id.state, to: input.expunge === true ? 'Expunged' : 'Destroyed' },
    ],
  }),
  result: async ({ db, entities }) => vmView(db, entities.id.id),
  eventText: ({ entities }) => `destroying Vm. Vm Id: ${entities.id.uuid}`,
})
