import { defineResponse } from '../define-response.ts'
import { baseRolePermissionResponse } from './base-role-permission.ts'

export const apiKeyPairResponse = defineResponse({
  name: 'ApiKeyPairResponse',
  fields: {
    name: { type: 'string', description: 'The name.' },
    apikey: { type: 'string', sensitive: true, description: 'The apikey.' },
    secretkey: { type: 'string', sensitive: true, description: 'The secretkey.' },
    userid: { type: 'string', description: 'The userid.' },
    username: { type: 'string', description: 'The username.' },
    id: { type: 'string', sensitive: true, description: 'The id.' },
    description: { type: 'string', description: 'The description.' },
    startdate: { type: 'date', description: 'The startdate.' },
    enddate: { type: 'date', description: 'The enddate.' },
    created: { type: 'date', description: 'The created.' },
    accounttype: { type: 'string', description: 'The accounttype.' },
    accountid: { type: 'string', description: 'The accountid.' },
    accountname: { type: 'string', description: 'The accountname.' },
    roleid: { type: 'string', description: 'The roleid.' },
    roletype: { type: 'string', description: 'The roletype.' },
    rolename: { type: 'string', description: 'The rolename.' },
    permissions: { type: 'list', of: baseRolePermissionResponse, description: 'The permissions.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    domainpath: { type: 'string', description: 'The domainpath.' },
    state: { type: 'string', description: 'The state.' },
    hasannotations: { type: 'boolean', description: 'The hasannotations.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
