import { startVirtualMachine } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { mayUseDisabled } from '../caller-rights.ts'
import { placementPlan } from '../placement-plan.ts'
import { vmDemand } from '../start-demand.ts'
import { vmLock } from '../vm.repository.ts'
import { moveVm, requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmStartWorkflow } from '../workflows/vm-start.ts'

export const handler = defineHandler(startVirtualMachine, {
  submit: async ({ ctx, tx, caller, input, entities }) => {
    const { id: vm, podid, clusterid, hostid } = entities
    requireVmState(vm, ['Stopped'], 'a start')
    await moveVm(tx, ctx, vm, 'StartRequested', { cause: 'vm.start' })
    return {
      workflow: vmStartWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      input: {
        vmId: vm.id,
        first: false,
        podId: podid?.id,
        clusterId: clusterid?.id,
        hostId: hostid?.id,
        considerLastHost: input.considerlasthost ?? true,
        allowDisabled: await mayUseDisabled(ctx, tx, caller),
      },
    }
  },
  plan: async ({ ctx, tx, caller, input, entities }) =>
    placementPlan(
      tx,
      ctx,
      await vmDemand(tx, entities.id, {
        podId: entities.podid?.id,
        clusterId: entities.clusterid?.id,
        hostId: entities.hostid?.id,
        considerLastHost: input.considerlasthost ?? true,
        allowDisabled: await mayUseDisabled(ctx, tx, caller),
        avoid: new Map(),
      }),
      vmStartWorkflow,
      caller,
    ),
  result: async ({ db, entities }) => vmView(db, entities.id.id),
  eventText: ({ entities }) => `starting Vm. Vm Id: ${entities.id.uuid}`,
})
