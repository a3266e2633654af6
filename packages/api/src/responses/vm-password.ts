import { defineResponse } from '../define-response.ts'

export const vmPasswordResponse = defineResponse({
  name: 'GetVMPasswordResponse',
  fields: {
    encryptedpassword: {
      type: 'string',
      description: 'The password, encrypted with the public SSH key (RSA, PKCS#1), Base64.',
    },
  },
})
