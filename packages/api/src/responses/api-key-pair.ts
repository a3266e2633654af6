import { defineResponse } from '../define-response.ts'

export const apiKeyPairResponse = defineResponse({
  name: 'ApiKeyPairResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
    apikey: { type: 'string', sensitive: true, description: 'API key.' },
    secretkey: { type: 'string', sensitive: true, description: 'Secret key.' },
    userid: { type: 'string', description: 'Id of the user.' },
    username: { type: 'string', description: 'Login name.' },
    id: { type: 'string', sensitive: true, description: 'Id.' },
    description: { type: 'string', description: 'What it is for.' },
    created: { type: 'date', description: 'When it was created.' },
    accounttype: { type: 'string', description: '0 user, 1 root admin, 2 domain admin, 3 resource admin.' },
    accountid: { type: 'string', description: 'Id of the account.' },
    accountname: { type: 'string', description: 'Name of the account.' },
    roleid: { type: 'string', description: 'Id of the role.' },
    roletype: { type: 'string', description: 'Type of the role.' },
    rolename: { type: 'string', description: 'Name of the role.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', description: 'Path of the domain, e.g. ROOT/a.' },
    state: { type: 'string', description: 'State.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
