import { rebootVirtualMachine } from '@altostack/api'
import { Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { vmLock } from '../vm.repository.ts'
import { requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmRebootWorkflow } from '../workflows/vm-reboot.ts'

export const handler = defineHandler(rebootVirtualMachine, {
  submit: async ({ ctx, tx, input, entities }) => {
    const { id: vm } = entities
    requireVmState(vm, ['Running'], 'a reboot')
    if (vm.host_id === null) throw new Bug('a running virtual machine has no host', { vm: vm.uuid })
    return {
      workflow: vmRebootWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      input: {
        vmId: vm.id,
        hostId: vm.host_id,
        forced: input.forced === true,
        graceMs: (await ctx.config.number('alto.vm.stop.grace.seconds', {}, tx)) * 1000,
      },
    }
  },
  result: async ({ db, entities }) => vmView(db, entities.id.id),
  eventText: ({ entities }) => `rebooting Vm. Vm Id: ${entities.id.uuid}`,
})
