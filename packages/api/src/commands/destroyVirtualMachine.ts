import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const destroyVirtualMachine = defineCommand({
  name: 'destroyVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.DESTROY',
  since: '2.1.0',
  description:
    'Stops and destroys a virtual machine. It can be recovered until expunge.delay has passed, unless expunge is true.',
  params: {
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    expunge: {
      type: 'boolean',
      since: '4.2.1',
      description:
        'Remove it and its disk at once and for good. For users only where allow.user.expunge.recover.vm is true.',
    },
    volumeids: {
      type: 'list',
      items: 'uuid',
      entity: 'Volume',
      access: 'operate',
      since: '4.12.0',
      description: 'Data disks of it to delete with it; others are detached when it is expunged.',
    },
    forced: {
      type: 'boolean',
      roles: ['Admin'],
      since: '4.23.0',
      description: 'Switch it off at once; root admins only.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
