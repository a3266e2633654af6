import { defineCommand } from '../define-command.ts'
import { networkResponse } from '../responses/network.ts'

export const updateNetwork = defineCommand({
  name: 'updateNetwork',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'NETWORK.UPDATE',
  since: '2.1.0',
  description: 'Changes a network. Guests take a new domain, name servers or MTU at their next start.',
  params: {
    id: { type: 'uuid', entity: 'Network', access: 'operate', required: true, description: 'Network.' },
    name: { type: 'string', description: 'New name.' },
    displaytext: { type: 'string', description: 'New text.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    changecidr: {
      type: 'boolean',
      unsupported: { reason: 'The addresses of a Shared network come from its ranges.', accepts: ['false'] },
      description: 'Whether the CIDR follows a new offering.',
    },
    networkofferingid: {
      type: 'uuid',
      entity: 'NetworkOffering',
      access: 'use',
      description: 'New offering, of the same guest type and with the same needs of a VLAN.',
    },
    guestvmcidr: {
      type: 'string',
      unsupported: { reason: 'It needs routed or isolated networks, which come with networks in production form.' },
      description: 'Part of the network that guests get addresses from.',
    },
    updateinsequence: {
      type: 'boolean',
      unsupported: {
        reason: 'There is one router a host and nothing to update in sequence.',
        accepts: ['true', 'false'],
      },
      description: 'Update routers one after the other.',
    },
    displaynetwork: { type: 'boolean', roles: ['Admin'], description: 'Whether users see it.' },
    forced: {
      type: 'boolean',
      unsupported: { reason: 'No change is refused that force would allow.', accepts: ['true', 'false'] },
      description: 'Change it although something is in the way.',
    },
    publicmtu: {
      type: 'integer',
      since: '4.18.0',
      unsupported: { reason: 'It needs routed or isolated networks, which come with networks in production form.' },
      description: 'MTU of the public side.',
    },
    privatemtu: {
      type: 'integer',
      since: '4.18.0',
      description: 'MTU of guests; hosts that carry less refuse to start them.',
    },
    dns1: {
      type: 'string',
      since: '4.18.0',
      description: "First name server of guests; an empty value goes back to the zone's.",
    },
    dns2: { type: 'string', since: '4.18.0', description: 'Second name server of guests.' },
    ip6dns1: {
      type: 'string',
      since: '4.18.0',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.' },
      description: 'First IPv6 name server.',
    },
    ip6dns2: {
      type: 'string',
      since: '4.18.0',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.' },
      description: 'Second IPv6 name server.',
    },
    sourcenatipaddress: {
      type: 'string',
      since: '4.19',
      unsupported: { reason: 'It needs routed or isolated networks, which come with networks in production form.' },
      description: 'Source NAT address.',
    },
    keepmacaddressonpublicnic: {
      type: 'boolean',
      since: '4.23.0',
      unsupported: {
        reason: 'It needs routed or isolated networks, which come with networks in production form.',
        accepts: ['true', 'false'],
      },
      description: "Keep the router's MAC address.",
    },
    customid: { type: 'string', roles: ['Admin'], description: 'New id, a UUID.' },
    hideipaddressusage: {
      type: 'boolean',
      unsupported: { reason: 'Hiding address use comes with networks in production form.', accepts: ['false'] },
      description: 'Hide which addresses are used from users.',
    },
  },
  response: networkResponse,
  key: 'network',
})
