import { defineCommand } from '../define-command.ts'
import { namePaging } from '../params/paging.ts'
import { hostResponse } from '../responses/host.ts'

export const listHosts = defineCommand({
  name: 'listHosts',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'Lists hosts with state, capacity and what they run.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'list', description: 'Only those in this cluster.' },
    id: { type: 'uuid', entity: 'Host', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    podid: { type: 'uuid', entity: 'Pod', access: 'list', description: 'Only those in this pod.' },
    state: { type: 'string', description: 'Only hosts in this status, e.g. Up, Down, Alert, Disconnected.' },
    type: { type: 'string', description: 'Only hosts of this type; Routing for those that run virtual machines.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only hosts of this zone.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Hosts that this virtual machine could move to; see findHostsForMigration.',
    },
    outofbandmanagementenabled: {
      type: 'boolean',
      description: 'Only hosts with out-of-band management on, or off; off everywhere in this version.',
    },
    outofbandmanagementpowerstate: { type: 'string', description: 'Only hosts in this power state: On, Off, Unknown.' },
    resourcestate: {
      type: 'string',
      description: 'Only hosts in this resource state, e.g. Enabled, Disabled, Maintenance.',
    },
    details: {
      type: 'list',
      items: 'string',
      values: ['all', 'min', 'capacity', 'events', 'stats'],
      description: 'Groups of fields to fill: all, min, capacity, events, stats; all unless given.',
    },
    hahost: {
      type: 'boolean',
      description: 'Only hosts kept for high availability, or only others; none is in this version.',
    },
    hypervisor: { type: 'string', description: 'Only hosts of this hypervisor type.' },
    managementserverid: { type: 'uuid', since: '4.21.0', description: 'Only those of this management server.' },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20.1',
      description: 'Only hosts of this architecture.',
    },
    storageaccessgroup: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Only those of this storage access group.',
    },
    version: { type: 'string', since: '4.20.3', description: 'Only hosts whose agent has this version.' },
    ...namePaging,
  },
  response: hostResponse,
  key: 'host',
})
