import { defineResponse } from '../define-response.ts'
import { ownerResources } from './resource-fields.ts'
import { userResponse } from './user.ts'

export const accountResponse = defineResponse({
  name: 'AccountResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    accounttype: { type: 'integer', description: '0 user, 1 root admin, 2 domain admin, 3 resource admin.' },
    roleid: { type: 'string', description: 'Id of the role.' },
    roletype: { type: 'string', description: 'Type of the role.' },
    rolename: { type: 'string', description: 'Name of the role.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    domainpath: { type: 'string', since: '4.13', description: 'Path of the domain, e.g. ROOT/a.' },
    defaultzoneid: { type: 'string', description: 'Default zone of the account.' },
    ...ownerResources(),
    vmstopped: { type: 'integer', description: 'Virtual machines that are stopped.' },
    vmrunning: { type: 'integer', description: 'Virtual machines that run.' },
    state: { type: 'string', description: 'State.' },
    iscleanuprequired: { type: 'boolean', description: 'Whether its clean-up is outstanding.' },
    created: { type: 'date', description: 'When it was created.' },
    user: { type: 'list', of: userResponse, description: 'Its users.' },
    networkdomain: { type: 'string', description: 'DNS domain of guests.' },
    accountdetails: { type: 'map', description: 'Free key and value pairs of the account.' },
    isdefault: { type: 'boolean', since: '4.2.0', description: "Whether it is an account of the system's own." },
    apikeyaccess: {
      type: 'string',
      since: '4.20.1.0',
      description: 'Whether API keys may be used: Enabled, Disabled or Inherit.',
    },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
