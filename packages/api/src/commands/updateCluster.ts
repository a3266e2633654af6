import { defineCommand } from '../define-command.ts'
import { clusterResponse } from '../responses/cluster.ts'

export const updateCluster = defineCommand({
  name: 'updateCluster',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'updateCluster.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'operate',
      required: true,
      description: 'Identifier of the object.',
    },
    clustername: { type: 'string', description: 'Name of the cluster.' },
    hypervisor: { type: 'string', description: 'Hypervisor type.' },
    clustertype: { type: 'string', description: 'CloudManaged: hosts are added one by one.' },
    allocationstate: {
      type: 'string',
      description: 'Enabled or Disabled: whether new virtual machines may be placed here.',
    },
    managedstate: {
      type: 'string',
      description: "Managed or Unmanaged: whether the server controls the cluster's hosts.",
    },
    arch: { type: 'string', since: '4.20', description: 'CPU architecture.' },
    externaldetails: { type: 'map', since: '4.21.0', description: 'The externaldetails.' },
  },
  response: clusterResponse,
  key: 'cluster',
})
