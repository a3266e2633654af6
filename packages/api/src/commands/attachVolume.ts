import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const attachVolume = defineCommand({
  name: 'attachVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.ATTACH',
  since: '2.1.0',
  description: 'Attaches a volume to a virtual machine, a running one too.',
  params: {
    deviceid: {
      type: 'long',
      min: 0,
      max: 25,
      description:
        'Number of the device, 1 to 25 but 3 (the CD drive); the lowest free one unless given. 0 puts a root disk back.',
    },
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
