import { defineResponse } from '../define-response.ts'

export const instanceGroupResponse = defineResponse({
  name: 'InstanceGroupResponse',
  fields: {
    id: { type: 'string', description: 'Id of the group.' },
    name: { type: 'string', description: 'Name of the group.' },
    created: { type: 'date', description: 'When it was made.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    hasannotations: { type: 'boolean', description: 'Whether it has annotations: never in this version.' },
  },
})
