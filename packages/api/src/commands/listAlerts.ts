import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { alertResponse } from '../responses/alert.ts'

export const listAlerts = defineCommand({
  name: 'listAlerts',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'Lists alerts, the newest first.',
  params: {
    id: { type: 'uuid', description: 'Only the object of this id.' },
    type: { type: 'string', description: "Only alerts of this type's number, e.g. 7 for a host." },
    name: { type: 'string', since: '4.3', description: 'Only alerts of this name, e.g. ALERT.COMPUTE.HOST.' },
    keyword: { type: 'string', description: 'Only alerts whose description contains this text.' },
    ...paging,
  },
  response: alertResponse,
  key: 'alert',
})
