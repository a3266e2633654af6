import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const detachVolume = defineCommand({
  name: 'detachVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.DETACH',
  since: '2.1.0',
  description:
    'Detaches a volume from its virtual machine. A running guest must let go of it; root disks only of stopped ones.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Volume',
      access: 'operate',
      description: 'The volume; or deviceid and virtualmachineid.',
    },
    deviceid: { type: 'long', min: 0, max: 25, description: 'Number of the device, with virtualmachineid.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      description: 'The virtual machine, with deviceid.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
