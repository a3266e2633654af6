import { defineResponse } from '../define-response.ts'

export const hypervisorResponse = defineResponse({
  name: 'HypervisorResponse',
  fields: {
    name: { type: 'string', description: 'Name.' },
  },
})
