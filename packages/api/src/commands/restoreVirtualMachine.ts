import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const restoreVirtualMachine = defineCommand({
  name: 'restoreVirtualMachine',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.RESTORE',
  since: '3.0.0',
  description:
    'Replaces the root disk of a virtual machine by a fresh one of a template; a running one is stopped and started again. The old root disk goes into the bin.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    templateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'use',
      description: 'Another template; that of the virtual machine unless given. An ISO makes the root disk empty.',
    },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      since: '4.19.1',
      description: 'Disk offering of the new root disk.',
    },
    rootdisksize: {
      type: 'long',
      min: 1,
      since: '4.19.1',
      description: "Size of the new root disk in GiB; not below the template's.",
    },
    details: {
      type: 'map',
      since: '4.19.1',
      description: 'details[0].rootDiskController and other details of the root disk, kept with the virtual machine.',
    },
    expunge: { type: 'boolean', since: '4.19.1', description: 'Remove the old root disk for good at once.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
  wrapper: 'restorevmresponse',
})
