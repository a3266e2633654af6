import { defineResponse } from '../define-response.ts'

export const vmUserDataResponse = defineResponse({
  name: 'VMUserDataResponse',
  fields: {
    virtualmachineid: { type: 'string', description: 'Id of the virtual machine.' },
    userdata: { type: 'string', description: 'The data, Base64; empty when there is none.' },
  },
})
