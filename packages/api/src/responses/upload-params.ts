import { defineResponse } from '../define-response.ts'

export const uploadParamsResponse = defineResponse({
  name: 'GetUploadParamsResponse',
  fields: {
    id: { type: 'string', description: 'Id of the volume, template or ISO that was announced.' },
    postURL: { type: 'string', description: 'Where the image is sent by POST, as a form file or as the body.' },
    metadata: { type: 'string', description: 'Value of the header X-metadata.' },
    expires: { type: 'string', description: 'Value of the header X-expires: after it the upload is refused.' },
    signature: { type: 'string', sensitive: true, description: 'Value of the header X-signature.' },
  },
})
