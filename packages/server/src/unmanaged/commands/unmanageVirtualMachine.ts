import { unmanageVirtualMachine } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireVmState, vmLock } from '../../vm/index.ts'
import { refuseUnmanage, siteOfUnmanage } from '../unmanage-rules.ts'
import { vmUnmanageWorkflow } from '../workflows/vm-unmanage.ts'

export const handler = defineHandler(unmanageVirtualMachine, {
  submit: async ({ tx, ctx, entities }) => {
    const { id: vm, hostid: host } = entities
    requireVmState(vm, ['Running', 'Stopped'], 'letting go of it')
    const runs = vm.state === 'Running'
    if (runs && host !== undefined && host.id !== vm.host_id) {
      throw virtualMachineFailure('virtual-machine.unmanage-refused', `${vm.name} runs on another host`, {
        fix: 'Leave hostid out: it stays where it runs.',
      })
    }
    await refuseUnmanage(tx, vm)
    return {
      workflow: vmUnmanageWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
      input: { vmId: vm.id, site: await siteOfUnmanage(tx, ctx, vm, host?.id), runs },
    }
  },
  result: async ({ output }) => {
    const { name, hostId } = output.release as { readonly name: string; readonly hostId: string }
    return {
      success: true,
      details: `${name} is a guest of its host alone; listUnmanagedInstances shows it`,
      hostid: hostId,
    }
  },
  eventText: ({ entities }) => `unmanaging VM. VM ID = ${entities.id.uuid}`,
})
