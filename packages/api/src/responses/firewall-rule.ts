import { defineResponse } from '../define-response.ts'
import { tagResponse } from './tag.ts'

export const firewallRuleResponse = defineResponse({
  name: 'FirewallRuleResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    privateport: { type: 'string', description: 'First port of the guest.' },
    privateendport: { type: 'string', description: 'Last port of the guest.' },
    protocol: { type: 'string', description: 'Protocol.' },
    publicport: { type: 'string', description: 'First public port.' },
    publicendport: { type: 'string', description: 'Last public port.' },
    virtualmachineid: { type: 'string', description: 'Id of the virtual machine.' },
    virtualmachinename: { type: 'string', description: 'Name of the virtual machine.' },
    virtualmachinedisplayname: { type: 'string', description: 'Name of the virtual machine shown to people.' },
    ipaddressid: { type: 'string', description: 'Id of the public address.' },
    ipaddress: { type: 'string', description: 'IPv4 address.' },
    state: { type: 'string', description: 'State.' },
    cidrlist: { type: 'string', description: 'Networks that may use the rule.' },
    tags: { type: 'list', of: tagResponse, description: 'Resource tags.' },
    vmguestip: { type: 'string', description: 'Address of the guest.' },
    networkid: { type: 'string', description: 'Id of the network.' },
    networkname: { type: 'string', description: 'Name of the network.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'Whether its owner sees it.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
