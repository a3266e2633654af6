import { defineResponse } from '../define-response.ts'

export const securityGroupRuleResponse = defineResponse({
  name: 'SecurityGroupRuleResponse',
  fields: {
    ruleid: { type: 'string', description: 'Id of the rule.' },
    protocol: { type: 'string', description: 'Protocol.' },
    icmptype: { type: 'integer', description: 'ICMP type.' },
    icmpcode: { type: 'integer', description: 'ICMP code.' },
    startport: { type: 'integer', description: 'First port.' },
    endport: { type: 'integer', description: 'Last port.' },
    securitygroupname: { type: 'string', description: 'Name of the other group.' },
    account: { type: 'string', description: 'Account of the other group.' },
    cidr: { type: 'string', description: 'Network in CIDR form.' },
    tags: { type: 'string', description: 'Resource tags.' },
  },
})
