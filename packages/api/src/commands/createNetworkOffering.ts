import { defineCommand } from '../define-command.ts'
import { networkOfferingResponse } from '../responses/network-offering.ts'

export const createNetworkOffering = defineCommand({
  name: 'createNetworkOffering',
  kind: 'sync',
  roles: ['Admin'],
  event: 'NETWORK.OFFERING.CREATE',
  since: '3.0.0',
  description: 'Creates a network offering; Shared and L2 ones can have networks in this version.',
  params: {
    traffictype: { type: 'string', required: true, values: ['Guest'], description: 'Kind of traffic: Guest.' },
    guestiptype: {
      type: 'string',
      required: true,
      values: ['Isolated', 'Shared', 'L2'],
      description: 'Isolated, Shared or L2.',
    },
    name: { type: 'string', required: true, description: 'Name.' },
    displaytext: { type: 'string', description: 'Text shown to people; the name unless given.' },
    tags: { type: 'string', description: 'Tags that the physical network must have, separated by commas.' },
    specifyvlan: { type: 'boolean', description: 'Whether the VLAN comes from the caller.' },
    availability: {
      type: 'string',
      values: ['Optional', 'Required'],
      description: 'Optional unless given, or Required.',
    },
    networkrate: { type: 'integer', min: 0, description: 'Limit in Mbit/s; kept and answered.' },
    conservemode: { type: 'boolean', description: 'Whether one address may serve several services.' },
    serviceofferingid: {
      type: 'uuid',
      unsupported: { reason: 'There are no system virtual machines.' },
      description: 'Size of the router.',
    },
    internetprotocol: {
      type: 'string',
      since: '4.17.0',
      unsupported: { reason: 'IPv6 guest addresses come with networks in production form.', accepts: ['IPv4'] },
      description: 'IPv4 or DualStack.',
    },
    supportedservices: {
      type: 'list',
      items: 'string',
      description: 'Services, e.g. Dhcp, Dns, UserData, SecurityGroup.',
    },
    serviceproviderlist: {
      type: 'map',
      fields: { service: true, provider: true },
      description: 'Provider of each service.',
    },
    servicecapabilitylist: {
      type: 'map',
      fields: { service: true, capabilitytype: true, capabilityvalue: true },
      description: 'Abilities of services of Isolated offerings; kept and answered.',
    },
    specifyipranges: {
      type: 'boolean',
      description: 'Whether address ranges come from the caller; true for Shared unless given.',
    },
    ispersistent: {
      type: 'boolean',
      unsupported: { reason: 'Bridges of a network are made with its first guest on a host.', accepts: ['false'] },
      description: 'Whether its networks exist before their first guest.',
    },
    forvpc: {
      type: 'boolean',
      unsupported: { reason: 'VPCs are not part of this version.', accepts: ['false'] },
      description: 'Whether it is for tiers of a VPC.',
    },
    fornsx: {
      type: 'boolean',
      since: '4.20.0',
      unsupported: { reason: 'External network controllers are not part of this version.', accepts: ['false'] },
      description: 'Whether it is for NSX.',
    },
    provider: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'External network controllers are not part of this version.' },
      description: 'Provider of all services.',
    },
    nsxsupportlb: {
      type: 'boolean',
      since: '4.20.0',
      unsupported: { reason: 'External network controllers are not part of this version.', accepts: ['false'] },
      description: 'Whether NSX balances load.',
    },
    nsxsupportsinternallb: {
      type: 'boolean',
      since: '4.20.0',
      unsupported: { reason: 'External network controllers are not part of this version.', accepts: ['false'] },
      description: 'Whether NSX balances load inside a VPC.',
    },
    networkmode: {
      type: 'string',
      since: '4.20.0',
      unsupported: {
        reason: 'It needs routed or isolated networks, which come with networks in production form.',
        accepts: ['NATTED'],
      },
      description: 'NATTED or ROUTED.',
    },
    fortungsten: {
      type: 'boolean',
      unsupported: { reason: 'External network controllers are not part of this version.', accepts: ['false'] },
      description: 'Whether it is for Tungsten Fabric.',
    },
    details: { type: 'map', description: 'Free key and value pairs.' },
    egressdefaultpolicy: {
      type: 'boolean',
      description:
        'Whether outgoing traffic is allowed unless a rule denies it; answered, and followed where there are egress rules.',
    },
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
    domainid: {
      type: 'list',
      entity: 'Domain',
      access: 'use',
      items: 'uuid',
      description: 'Domains that alone may use it.',
    },
    zoneid: {
      type: 'list',
      entity: 'Zone',
      access: 'use',
      items: 'uuid',
      since: '4.13',
      description: 'Zones that it is limited to.',
    },
    enable: { type: 'boolean', since: '4.16', description: 'Whether it is Enabled at once.' },
    specifyasnumber: {
      type: 'boolean',
      since: '4.20.0',
      unsupported: {
        reason: 'It needs routed or isolated networks, which come with networks in production form.',
        accepts: ['false'],
      },
      description: 'Whether the AS number comes from the caller.',
    },
    routingmode: {
      type: 'string',
      since: '4.20.0',
      unsupported: { reason: 'It needs routed or isolated networks, which come with networks in production form.' },
      description: 'Static or Dynamic.',
    },
  },
  response: networkOfferingResponse,
  key: 'networkoffering',
})
