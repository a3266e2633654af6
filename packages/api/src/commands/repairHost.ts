import { defineCommand } from '../define-command.ts'
import { hostRepairsResponse } from '../responses/host-repair.ts'

export const repairHost = defineCommand({
  name: 'repairHost',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.REPAIR',
  since: '0.2.0',
  description:
    'Makes the safe repairs of a host whose checks are not ok, and looks again. dryrun=true shows each change with its old value; the old values are kept (listHostRepairs, restoreHostRepair).',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
    checks: {
      type: 'list',
      items: 'string',
      description:
        'Names of failed checks to repair; every safe repair unless given. A repair that is not safe is made only by name.',
    },
  },
  response: hostRepairsResponse,
  key: 'hostrepairs',
  extension: true,
})
