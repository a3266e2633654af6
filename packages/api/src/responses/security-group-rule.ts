import { defineResponse } from '../define-response.ts'

export const securityGroupRuleResponse = defineResponse({
  name: 'SecurityGroupRuleResponse',
  fields: {
    ruleid: { type: 'string', description: 'The ruleid.' },
    protocol: { type: 'string', description: 'The protocol.' },
    icmptype: { type: 'integer', description: 'The icmptype.' },
    icmpcode: { type: 'integer', description: 'The icmpcode.' },
    startport: { type: 'integer', description: 'The startport.' },
    endport: { type: 'integer', description: 'The endport.' },
    securitygroupname: { type: 'string', description: 'The securitygroupname.' },
    account: { type: 'string', description: 'The account.' },
    cidr: { type: 'string', description: 'The cidr.' },
    tags: { type: 'string', description: 'The tags.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
