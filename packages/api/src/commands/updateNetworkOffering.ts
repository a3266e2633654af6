import { defineCommand } from '../define-command.ts'
import { networkOfferingResponse } from '../responses/network-offering.ts'

export const updateNetworkOffering = defineCommand({
  name: 'updateNetworkOffering',
  kind: 'sync',
  roles: ['Admin'],
  event: 'NETWORK.OFFERING.EDIT',
  since: '2.1.0',
  description: 'Changes a network offering.',
  params: {
    id: {
      type: 'uuid',
      entity: 'NetworkOffering',
      access: 'operate',
      required: true,
      description: 'Network offering.',
    },
    name: { type: 'string', description: 'New name.' },
    displaytext: { type: 'string', description: 'New text.' },
    availability: {
      type: 'string',
      values: ['Optional', 'Required', 'Unavailable'],
      description: 'Optional, Required or Unavailable.',
    },
    sortkey: { type: 'integer', description: 'Position in lists.' },
    state: { type: 'string', values: ['Enabled', 'Disabled'], description: 'Enabled or Disabled.' },
    keepaliveenabled: {
      type: 'boolean',
      unsupported: { reason: 'Load balancing comes with routed networks.', accepts: ['false'] },
      description: 'Whether connections of a load balancer are kept.',
    },
    maxconnections: {
      type: 'integer',
      unsupported: { reason: 'Load balancing comes with routed networks.' },
      description: 'Most connections of a load balancer.',
    },
    tags: {
      type: 'string',
      description: 'Tags that the physical network must have, separated by commas; an empty value takes them away.',
    },
    domainid: {
      type: 'string',
      description: "Domains that alone may use it, separated by commas; public makes it everybody's.",
    },
    zoneid: {
      type: 'string',
      since: '4.13',
      description: 'Zones that it is limited to, separated by commas; all lifts the limit.',
    },
  },
  response: networkOfferingResponse,
  key: 'networkoffering',
})
