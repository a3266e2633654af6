import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const addHost = defineCommand({
  name: 'addHost',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'addHost.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'use', description: 'The cluster.' },
    clustername: { type: 'string', description: 'Name of the cluster.' },
    username: { type: 'string', description: 'Login name.' },
    password: { type: 'string', sensitive: true, description: 'Password; used once and stored only as a hash.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'use', required: true, description: 'The pod.' },
    url: { type: 'string', required: true, description: 'Address.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'The zone.' },
    hypervisor: { type: 'string', required: true, description: 'Hypervisor type.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    hosttags: {
      type: 'list',
      items: 'string',
      description: 'Tags, separated by commas; an offering that asks for tags runs only on hosts that carry them.',
    },
    storageaccessgroups: { type: 'list', items: 'string', since: '4.21.0', description: 'The storageaccessgroups.' },
    externaldetails: { type: 'map', since: '4.21.0', description: 'The externaldetails.' },
  },
  response: hostResponse,
  key: 'host',
  answersAsList: true,
})
