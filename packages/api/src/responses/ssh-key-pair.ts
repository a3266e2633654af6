import { defineResponse } from '../define-response.ts'

export const sshKeyPairResponse = defineResponse({
  name: 'SSHKeyPairResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    fingerprint: { type: 'string', description: 'Fingerprint of the key.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
