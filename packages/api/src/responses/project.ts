import { defineResponse } from '../define-response.ts'
import { sharedResources } from './resource-fields.ts'
import { tagResponse } from './tag.ts'

export const projectResponse = defineResponse({
  name: 'ProjectResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    displaytext: { type: 'string', description: 'Text shown to people.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    owner: { type: 'list', description: 'Accounts and users that own it.' },
    state: { type: 'string', description: 'State.' },
    tags: { type: 'list', of: tagResponse, description: 'Resource tags.' },
    ...sharedResources('4.2.0'),
    vmstopped: { type: 'integer', since: '4.2.0', description: 'Virtual machines that are stopped.' },
    vmrunning: { type: 'integer', since: '4.2.0', description: 'Virtual machines that run.' },
    created: { type: 'date', since: '4.16.0', description: 'When it was created.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
