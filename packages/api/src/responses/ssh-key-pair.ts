import { defineResponse } from '../define-response.ts'

export const sshKeyPairResponse = defineResponse({
  name: 'SSHKeyPairResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    name: { type: 'string', description: 'The name.' },
    account: { type: 'string', description: 'The account.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    projectid: { type: 'string', description: 'The projectid.' },
    project: { type: 'string', description: 'The project.' },
    fingerprint: { type: 'string', description: 'The fingerprint.' },
    hasannotations: { type: 'boolean', description: 'The hasannotations.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
