import { defineResponse } from '../define-response.ts'

export const loginResponse = defineResponse({
  name: 'LoginCmdResponse',
  fields: {
    username: { type: 'string', description: 'The username.' },
    userid: { type: 'string', description: 'The userid.' },
    domainid: { type: 'string', description: 'The domainid.' },
    timeout: { type: 'integer', description: 'The timeout.' },
    account: { type: 'string', description: 'The account.' },
    firstname: { type: 'string', description: 'The firstname.' },
    lastname: { type: 'string', description: 'The lastname.' },
    type: { type: 'string', description: 'The type.' },
    timezone: { type: 'string', description: 'The timezone.' },
    timezoneoffset: { type: 'string', description: 'The timezoneoffset.' },
    registered: { type: 'string', description: 'The registered.' },
    sessionkey: { type: 'string', sensitive: true, description: 'The sessionkey.' },
    is2faenabled: { type: 'string', since: '4.18.0.0', description: 'The is2faenabled.' },
    is2faverified: { type: 'string', since: '4.18.0.0', description: 'The is2faverified.' },
    providerfor2fa: { type: 'string', since: '4.18.0.0', description: 'The providerfor2fa.' },
    issuerfor2fa: { type: 'string', since: '4.18.0.0', description: 'The issuerfor2fa.' },
    managementserverid: { type: 'string', since: '4.21.0.0', description: 'The managementserverid.' },
    passwordchangerequired: { type: 'boolean', since: '4.23.0', description: 'The passwordchangerequired.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
