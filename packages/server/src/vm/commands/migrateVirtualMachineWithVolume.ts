import { migrateVirtualMachineWithVolume } from '@altostack/api'
import { apiFailure, virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { readVolumePools } from '../migrate-to.ts'
import { placementPlan } from '../placement-plan.ts'
import { vmDemand } from '../start-demand.ts'
import { vmLock } from '../vm.repository.ts'
import { requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { movableOf, vmMigrateWorkflow } from '../workflows/vm-migrate.ts'

export const handler = defineHandler(migrateVirtualMachineWithVolume, {
  submit: async ({ ctx, tx, input, entities }) => {
    const { virtualmachineid: vm, hostid: host } = entities
    if (host !== undefined && input.autoselect === true) {
      throw apiFailure('api.parameter', 'hostid and autoselect cannot be used together')
    }
    if (host === undefined && input.autoselect !== true && (input.migrateto?.length ?? 0) === 0) {
      throw apiFailure('api.parameter', 'One of hostid, migrateto and autoselect=true is needed')
    }
    if (vm.state === 'Stopped') {
      throw virtualMachineFailure('virtual-machine.state', `${vm.name} is Stopped: there is nothing to move live`, {
        seen: vm.state,
        fix: 'Move each of its volumes with migrateVolume, then start it.',
      })
    }
    requireVmState(vm, ['Running'], 'a live migration')
    if (host !== undefined && host.id === vm.host_id) {
      throw virtualMachineFailure('virtual-machine.migration-refused', `${vm.name} runs on host ${host.name} already`, {
        fix: 'Name another host; to move volumes alone use migrateVolume.',
      })
    }
    if (!(await ctx.config.flag('enable.storage.migration', {}, tx))) {
      throw virtualMachineFailure(
        'virtual-machine.migration-refused',
        'Volumes do not move here: enable.storage.migration is false',
        { fix: 'Set enable.storage.migration.' },
      )
    }
    return {
      workflow: vmMigrateWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
      input: {
        vmId: vm.id,
        sourceHostId: vm.host_id,
        destinationHostId: host?.id,
        withVolumes: true,
        pools: await readVolumePools(tx, vm, input.migrateto ?? []),
      },
    }
  },
  plan: async ({ ctx, tx, caller, input, entities }) => {
    const { virtualmachineid: vm, hostid: host } = entities
    const pools = await readVolumePools(tx, vm, input.migrateto ?? [])
    const demand = await vmDemand(tx, vm, {
      hostId: host?.id,
      considerLastHost: false,
      allowDisabled: false,
      moving: true,
      acrossClusters:
        host !== undefined || (await ctx.config.flag('migrate.vm.across.clusters', { zoneId: vm.data_center_id }, tx)),
      ...movableOf({ withVolumes: true, pools }),
      avoid: new Map(vm.host_id === null ? [] : [[vm.host_id, 'runs the virtual machine already']]),
    })
    return placementPlan(tx, ctx, demand, vmMigrateWorkflow, caller)
  },
  result: async ({ db, entities, output }) => {
    const { result } = (output.move ?? {}) as { readonly result?: object }
    return { ...(await vmView(db, entities.virtualmachineid.id)), migration: result }
  },
  eventText: ({ entities }) =>
    `migrating Vm. Vm Id: ${entities.virtualmachineid.uuid} with its volumes${entities.hostid === undefined ? '' : ` to host ${entities.hostid.name}`}`,
})
