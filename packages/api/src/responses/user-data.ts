import { defineResponse } from '../define-response.ts'

export const userDataResponse = defineResponse({
  name: 'UserDataResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    accountid: { type: 'string', description: 'Id of the account.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    userdata: { type: 'string', description: 'The data, Base64.' },
    params: { type: 'string', description: 'Names of its variables, separated by commas.' },
  },
})
