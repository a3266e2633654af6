import { defineResponse } from '../define-response.ts'

export const loginResponse = defineResponse({
  name: 'LoginCmdResponse',
  fields: {
    username: { type: 'string', description: 'Login name.' },
    userid: { type: 'string', description: 'Id of the user.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    timeout: { type: 'integer', description: 'Seconds until an idle session ends.' },
    account: { type: 'string', description: 'Account of the user.' },
    firstname: { type: 'string', description: 'First name.' },
    lastname: { type: 'string', description: 'Last name.' },
    type: { type: 'string', description: 'Type.' },
    timezone: { type: 'string', description: 'Time zone.' },
    timezoneoffset: { type: 'string', description: 'Offset of the time zone in hours.' },
    registered: { type: 'string', description: 'Whether the cloud is registered.' },
    sessionkey: { type: 'string', sensitive: true, description: 'Key that every request of the session carries.' },
    managementserverid: { type: 'string', since: '4.21.0.0', description: 'Id of the management server.' },
    passwordchangerequired: {
      type: 'boolean',
      since: '4.23.0',
      description: 'Whether the user must change the password.',
    },
  },
})
