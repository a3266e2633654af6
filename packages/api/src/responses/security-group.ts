import { defineResponse } from '../define-response.ts'
import { securityGroupRuleResponse } from './security-group-rule.ts'
import { tagResponse } from './tag.ts'

export const securityGroupResponse = defineResponse({
  name: 'SecurityGroupResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    account: { type: 'string', description: 'The account.' },
    projectid: { type: 'string', description: 'The projectid.' },
    project: { type: 'string', description: 'The project.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'The domainpath.' },
    ingressrule: { type: 'set', of: securityGroupRuleResponse, description: 'The ingressrule.' },
    egressrule: { type: 'set', of: securityGroupRuleResponse, description: 'The egressrule.' },
    tags: { type: 'set', of: tagResponse, description: 'The tags.' },
    virtualmachinecount: { type: 'integer', since: '4.6.0', description: 'The virtualmachinecount.' },
    virtualmachineids: { type: 'set', since: '4.6.0', description: 'The virtualmachineids.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
