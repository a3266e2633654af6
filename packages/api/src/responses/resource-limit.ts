import { defineResponse } from '../define-response.ts'

export const resourceLimitResponse = defineResponse({
  name: 'ResourceLimitResponse',
  fields: {
    account: { type: 'string', description: 'Account that is limited; absent for a domain.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    resourcetype: { type: 'string', description: 'Number of the resource, 0 to 11.' },
    resourcetypename: { type: 'string', description: 'Name of the resource, e.g. user_vm.' },
    max: { type: 'long', description: 'The limit: pieces, cores, MiB of memory, GiB of storage; -1 is none.' },
  },
})
