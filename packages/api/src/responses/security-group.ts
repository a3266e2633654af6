import { defineResponse } from '../define-response.ts'
import { securityGroupRuleResponse } from './security-group-rule.ts'
import { tagResponse } from './tag.ts'

export const securityGroupResponse = defineResponse({
  name: 'SecurityGroupResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What it is for.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    ingressrule: { type: 'set', of: securityGroupRuleResponse, description: 'Rules for incoming traffic.' },
    egressrule: { type: 'set', of: securityGroupRuleResponse, description: 'Rules for outgoing traffic.' },
    tags: { type: 'set', of: tagResponse, description: 'Resource tags.' },
    virtualmachinecount: { type: 'integer', since: '4.6.0', description: 'How many virtual machines use it.' },
    virtualmachineids: { type: 'set', since: '4.6.0', description: 'Ids of its virtual machines.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
