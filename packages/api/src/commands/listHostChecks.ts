import { defineCommand } from '../define-command.ts'
import { paging } from '../params/paging.ts'
import { hostCheckResponse } from '../responses/host-check.ts'

export const listHostChecks = defineCommand({
  name: 'listHostChecks',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '0.2.0',
  description: 'Lists the named checks of hosts: what each proves, who sees it, what to do, and what can be repaired.',
  params: {
    name: { type: 'string', description: 'Only the check of this name.' },
    keyword: { type: 'string', description: 'Only checks whose name or description contains this text.' },
    ...paging,
  },
  response: hostCheckResponse,
  key: 'hostcheck',
  extension: true,
})
