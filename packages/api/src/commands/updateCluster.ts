import { defineCommand } from '../define-command.ts'
import { clusterResponse } from '../responses/cluster.ts'

export const updateCluster = defineCommand({
  name: 'updateCluster',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CLUSTER.EDIT',
  since: '2.1.0',
  description: 'Changes a cluster.',
  params: {
    id: { type: 'uuid', entity: 'Cluster', access: 'operate', required: true, description: 'The cluster.' },
    clustername: { type: 'string', description: 'New name.' },
    hypervisor: {
      type: 'string',
      values: ['KVM', 'Simulator'],
      description: 'New hypervisor type; only while it has no hosts.',
    },
    clustertype: { type: 'string', values: ['CloudManaged'], description: 'CloudManaged.' },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Enabled or Disabled. A disabled cluster takes no new virtual machines.',
    },
    managedstate: {
      type: 'string',
      unsupported: { reason: 'Handing hosts over and back comes with hosts in production form.', accepts: ['Managed'] },
      description: 'Whether the server controls its hosts.',
    },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'New architecture; only while no host has another.',
    },
    externaldetails: {
      type: 'map',
      since: '4.21.0',
      unsupported: { reason: 'Extensions (hypervisor type External) are not part of this version.' },
      description: 'Details for an extension.',
    },
  },
  response: clusterResponse,
  key: 'cluster',
})
