import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { hostForMigrationResponse } from '../responses/host-for-migration.ts'

export const findHostsForMigration = defineCommand({
  name: 'findHostsForMigration',
  kind: 'list',
  roles: ['Admin'],
  since: '2.1.0',
  description:
    'Lists the hosts of the zone with whether the virtual machine can move there, whether its disks would have to move too (migrateVirtualMachineWithVolume), and which filters refuse where it cannot.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      required: true,
      description: 'The running virtual machine.',
    },
    keyword: { type: 'string', description: 'Only hosts whose name contains this text.' },
    ...paging,
  },
  response: hostForMigrationResponse,
  key: 'host',
})
