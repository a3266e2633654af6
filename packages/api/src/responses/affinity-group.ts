import { defineResponse } from '../define-response.ts'
import { dedicatedResourceResponse } from './dedicated-resource.ts'

export const affinityGroupResponse = defineResponse({
  name: 'AffinityGroupResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    description: { type: 'string', description: 'The description.' },
    account: { type: 'string', description: 'The account.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'The domainpath.' },
    projectid: { type: 'string', description: 'The projectid.' },
    project: { type: 'string', description: 'The project.' },
    type: { type: 'string', description: 'The type.' },
    virtualmachineIds: { type: 'list', description: 'The virtualmachineIds.' },
    dedicatedresources: { type: 'list', of: dedicatedResourceResponse, description: 'The dedicatedresources.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
