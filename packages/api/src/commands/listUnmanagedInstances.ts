import { defineCommand } from '../define-command.ts'
import { unmanagedInstanceResponse } from '../responses/unmanaged-instance.ts'

export const listUnmanagedInstances = defineCommand({
  name: 'listUnmanagedInstances',
  kind: 'list',
  roles: ['Admin'],
  since: '4.14.0',
  description:
    'Lists guests of the connected hosts of a cluster that are not managed here, with disks, NICs and what stands against importing them.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', required: true, description: 'The cluster.' },
    name: { type: 'string', description: 'Only the guest of this name in libvirt.' },
    keyword: { type: 'string', description: 'Only guests whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: unmanagedInstanceResponse,
  key: 'unmanagedinstance',
})
