import { defineResponse } from '../define-response.ts'
import { nicSecondaryIpResponse } from './nic-secondary-ip.ts'

export const nicResponse = defineResponse({
  name: 'NicResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    networkid: { type: 'string', description: 'Id of the network.' },
    networkname: { type: 'string', description: 'Name of the network.' },
    netmask: { type: 'string', description: 'Netmask.' },
    gateway: { type: 'string', description: 'Gateway.' },
    ipaddress: { type: 'string', description: 'IPv4 address.' },
    isolationuri: { type: 'string', roles: ['Admin'], description: 'How it is kept apart from others, as a URI.' },
    broadcasturi: {
      type: 'string',
      roles: ['Admin'],
      description: 'How it is kept apart from others, as a URI, e.g. vlan://untagged.',
    },
    traffictype: { type: 'string', description: 'Kind of traffic.' },
    type: { type: 'string', description: 'Type of its network.' },
    isdefault: { type: 'boolean', description: 'Whether it is the default one.' },
    macaddress: { type: 'string', description: 'MAC address.' },
    deviceid: { type: 'string', since: '4.4', description: 'Number of the device in its virtual machine, from 0.' },
    virtualmachineid: { type: 'string', description: 'Id of the virtual machine.' },
    vlanid: { type: 'integer', roles: ['Admin'], since: '4.14.0', description: 'VLAN.' },
    secondaryip: { type: 'list', of: nicSecondaryIpResponse, description: 'Other addresses of it.' },
    mtu: { type: 'integer', since: '4.18.0', description: "MTU of the guest's interface; its bridge's when absent." },
    enabled: { type: 'boolean', description: 'Whether its link is up.' },
  },
})
