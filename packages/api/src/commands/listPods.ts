import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { podResponse } from '../responses/pod.ts'

export const listPods = defineCommand({
  name: 'listPods',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'Lists pods.',
  params: {
    id: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    allocationstate: { type: 'string', values: ['Enabled', 'Disabled'], description: 'Only pods in this state.' },
    showcapacities: { type: 'boolean', description: 'Add the capacity figures of each.' },
    storageaccessgroup: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Only those of this storage access group.',
    },
    ...namePaging,
  },
  response: podResponse,
  key: 'pod',
})
