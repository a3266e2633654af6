import { defineCommand } from '../define-command.ts'
import { hostRepairResponse } from '../responses/host-repair.ts'

export const restoreHostRepair = defineCommand({
  name: 'restoreHostRepair',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.REPAIR.RESTORE',
  since: '0.2.0',
  description: 'Takes a repair of a host back: the values from before it are there again.',
  params: {
    id: { type: 'uuid', entity: 'HostRepair', access: 'operate', required: true, description: 'The repair.' },
  },
  response: hostRepairResponse,
  key: 'hostrepair',
  extension: true,
})
