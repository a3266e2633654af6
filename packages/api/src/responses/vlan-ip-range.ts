import { defineResponse } from '../define-response.ts'

export const vlanIpRangeResponse = defineResponse({
  name: 'VlanIpRangeResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    forvirtualnetwork: { type: 'boolean', description: 'Whether it is for isolated networks.' },
    zoneid: { type: 'string', description: 'Id of the zone.' },
    vlan: { type: 'string', description: 'VLAN, or untagged.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    podid: { type: 'string', description: 'Id of the pod.' },
    podname: { type: 'string', description: 'Name of the pod.' },
    description: { type: 'string', description: 'The range in words.' },
    gateway: { type: 'string', description: 'Gateway.' },
    netmask: { type: 'string', description: 'Netmask.' },
    cidr: { type: 'string', description: 'Network in CIDR form.' },
    startip: { type: 'string', description: 'First address.' },
    endip: { type: 'string', description: 'Last address.' },
    networkid: { type: 'string', description: 'Id of the network.' },
    physicalnetworkid: { type: 'string', description: 'Id of the physical network.' },
    forsystemvms: { type: 'boolean', description: 'Whether it is for system virtual machines.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
