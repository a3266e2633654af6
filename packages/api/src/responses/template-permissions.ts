import { defineResponse } from '../define-response.ts'

export const templatePermissionsResponse = defineResponse({
  name: 'TemplatePermissionsResponse',
  fields: {
    id: { type: 'string', description: 'Id of the template or ISO.' },
    ispublic: { type: 'boolean', description: 'Whether everybody may use it.' },
    domainid: { type: 'string', description: 'Id of the domain of its owner.' },
    account: { type: 'list', description: 'Names of the accounts that may use it.' },
  },
})
