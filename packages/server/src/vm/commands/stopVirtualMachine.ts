import { stopVirtualMachine } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findHost } from '../../host/index.ts'
import { requireForceRight } from '../caller-rights.ts'
import { vmLock } from '../vm.repository.ts'
import { moveVm, requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmStopWorkflow } from '../workflows/vm-stop.ts'

export const handler = defineHandler(stopVirtualMachine, {
  submit: async ({ ctx, tx, caller, input, entities }) => {
    const { id: vm } = entities
    const forced = input.forced === true
    if (forced) await requireForceRight(ctx, tx, caller)
    requireVmState(vm, ['Running', 'Stopping', 'Stopped'], 'a stop')
    if (vm.state !== 'Stopped') {
      const host = vm.host_id === null ? undefined : await findHost(tx, vm.host_id)
      if (host?.resource_state === 'PrepareForMaintenance' && !forced) {
        throw virtualMachineFailure(
          'virtual-machine.state',
          `Host ${host.name} prepares for maintenance: ${vm.name} is being moved away`,
          { seen: host.resource_state, fix: 'Wait until it is moved, or use forced=true.' },
        )
      }
      await moveVm(tx, ctx, vm, 'StopRequested', { cause: 'vm.stop' })
    }
    return {
      workflow: vmStopWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      input: {
        vmId: vm.id,
        hostId: vm.state === 'Stopped' ? null : vm.host_id,
        graceMs: forced ? 0 : (await ctx.config.number('alto.vm.stop.grace.seconds', {}, tx)) * 1000,
      },
    }
  },
  plan: async ({ entities }) => ({ moves: [{ entity: entities.id.uuid, from: entities.id.state, to: 'Stopped' }] }),
  result: async ({ db, entities }) => vmView(db, entities.id.id),
  eventText: ({ entities }) => `stopping Vm. Vm Id: ${entities.id.uuid}`,
})
