import { defineResponse } from '../define-response.ts'

export const affinityGroupResponse = defineResponse({
  name: 'AffinityGroupResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'What it is for.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.19.2.0', description: 'Path of the domain, e.g. ROOT/a.' },
    type: { type: 'string', description: 'Type.' },
    virtualmachineIds: { type: 'list', description: 'Ids of its virtual machines.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
