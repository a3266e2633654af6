import { migrateVirtualMachine } from '@altostack/api'
import { apiFailure, virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { placementPlan } from '../placement-plan.ts'
import { vmDemand } from '../start-demand.ts'
import { vmLock } from '../vm.repository.ts'
import { requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmMigrateWorkflow } from '../workflows/vm-migrate.ts'

export const handler = defineHandler(migrateVirtualMachine, {
  submit: async ({ input, entities }) => {
    const { virtualmachineid: vm, hostid: host } = entities
    if (host !== undefined && input.autoselect === true) {
      throw apiFailure('api.parameter', 'hostid and autoselect cannot be used together')
    }
    requireVmState(vm, ['Running'], 'a live migration')
    if (host !== undefined && host.id === vm.host_id) {
      throw virtualMachineFailure('virtual-machine.migration-refused', `${vm.name} runs on host ${host.name} already`, {
        fix: 'Name another host.',
      })
    }
    return {
      workflow: vmMigrateWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
      input: { vmId: vm.id, sourceHostId: vm.host_id, destinationHostId: host?.id },
    }
  },
  plan: async ({ ctx, tx, caller, entities }) => {
    const { virtualmachineid: vm, hostid: host } = entities
    const demand = await vmDemand(tx, vm, {
      hostId: host?.id,
      considerLastHost: false,
      allowDisabled: false,
      moving: true,
      acrossClusters:
        host !== undefined || (await ctx.config.flag('migrate.vm.across.clusters', { zoneId: vm.data_center_id }, tx)),
      avoid: new Map(vm.host_id === null ? [] : [[vm.host_id, 'runs the virtual machine already']]),
    })
    return placementPlan(tx, ctx, demand, vmMigrateWorkflow, caller)
  },
  result: async ({ db, entities, output }) => {
    const { result } = (output.move ?? {}) as { readonly result?: object }
    return { ...(await vmView(db, entities.virtualmachineid.id)), migration: result }
  },
  eventText: ({ entities }) =>
    `migrating Vm. Vm Id: ${entities.virtualmachineid.uuid}${entities.hostid === undefined ? '' : ` to host ${entities.hostid.name}`}`,
})
