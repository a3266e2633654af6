import { defineResponse } from '../define-response.ts'
import { ownerResources } from './resource-fields.ts'
import { tagResponse } from './tag.ts'

export const domainResponse = defineResponse({
  name: 'DomainResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    level: { type: 'integer', description: 'How far below ROOT, which is 0.' },
    parentdomainid: { type: 'string', description: 'Id of the domain above.' },
    parentdomainname: { type: 'string', description: 'Name of the domain above.' },
    haschild: { type: 'boolean', description: 'Whether it has domains below.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    path: { type: 'string', description: 'Path from ROOT, e.g. ROOT/a.' },
    state: { type: 'string', description: 'State.' },
    created: { type: 'date', description: 'When it was created.' },
    ...ownerResources(),
    domaindetails: { type: 'map', description: 'Free key and value pairs of the domain.' },
    tags: { type: 'set', of: tagResponse, description: 'Resource tags.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
