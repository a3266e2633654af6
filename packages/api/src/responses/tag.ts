import { defineResponse } from '../define-response.ts'

export const tagResponse = defineResponse({
  name: 'ResourceTagResponse',
  fields: {
    key: { type: 'string', description: 'Key.' },
    value: { type: 'string', description: 'Value.' },
    resourcetype: { type: 'string', description: 'Type of the object.' },
    resourceid: { type: 'string', description: 'Id of the object.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    customer: { type: 'string', description: 'Customer of the tag.' },
  },
})
