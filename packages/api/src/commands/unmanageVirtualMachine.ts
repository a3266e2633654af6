import { defineCommand } from '../define-command.ts'
import { unmanageVmResponse } from '../responses/unmanage-vm.ts'

export const unmanageVirtualMachine = defineCommand({
  name: 'unmanageVirtualMachine',
  kind: 'async',
  roles: ['Admin'],
  event: 'VM.UNMANAGE',
  since: '4.15.0',
  description:
    'Lets go of a virtual machine and its volumes: nothing is removed or stopped, its host has it as a guest of its own.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    hostid: {
      type: 'uuid',
      since: '4.22.0',
      entity: 'Host',
      access: 'use',
      description: 'Host that gets the definition of a stopped one; that of its last run unless given.',
    },
    forced: {
      type: 'boolean',
      since: '4.22.0',
      unsupported: {
        reason: 'There is no config drive or other object that would have to be forced out.',
        accepts: ['false'],
      },
      description: 'Whether to go on although something is lost.',
    },
  },
  response: unmanageVmResponse,
  key: 'unmanagevirtualmachineresponse',
})
