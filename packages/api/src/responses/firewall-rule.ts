import { defineResponse } from '../define-response.ts'
import { tagResponse } from './tag.ts'

export const firewallRuleResponse = defineResponse({
  name: 'FirewallRuleResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    privateport: { type: 'string', description: 'The privateport.' },
    privateendport: { type: 'string', description: 'The privateendport.' },
    protocol: { type: 'string', description: 'The protocol.' },
    publicport: { type: 'string', description: 'The publicport.' },
    publicendport: { type: 'string', description: 'The publicendport.' },
    virtualmachineid: { type: 'string', description: 'The virtualmachineid.' },
    virtualmachinename: { type: 'string', description: 'The virtualmachinename.' },
    virtualmachinedisplayname: { type: 'string', description: 'The virtualmachinedisplayname.' },
    ipaddressid: { type: 'string', description: 'The ipaddressid.' },
    ipaddress: { type: 'string', description: 'The ipaddress.' },
    state: { type: 'string', description: 'The state.' },
    cidrlist: { type: 'string', description: 'The cidrlist.' },
    tags: { type: 'list', of: tagResponse, description: 'The tags.' },
    vmguestip: { type: 'string', description: 'The vmguestip.' },
    networkid: { type: 'string', description: 'The networkid.' },
    networkname: { type: 'string', description: 'The networkname.' },
    fordisplay: { type: 'boolean', since: '4.4', description: 'The fordisplay.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
