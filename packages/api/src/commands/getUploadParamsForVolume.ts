import { defineCommand } from '../define-command.ts'
import { sentImageParams } from '../params/announced-image.ts'
import { uploadParamsResponse } from '../responses/upload-params.ts'

export const getUploadParamsForVolume = defineCommand({
  name: 'getUploadParamsForVolume',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.UPLOAD',
  since: '4.6.0',
  description:
    'Announces a data volume whose image the caller sends itself: answers where to and the headers to send with it.',
  params: {
    imagestoreuuid: {
      type: 'string',
      unsupported: { reason: 'The server chooses the image store.' },
      description: 'Image store that keeps it.',
    },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      description: 'Disk offering of the volume, with free size.',
    },
    name: { type: 'string', required: true, description: 'Name.' },
    format: { type: 'string', values: ['QCOW2'], required: true, description: 'Format of the image.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'Zone of it.' },
    ...sentImageParams,
  },
  response: uploadParamsResponse,
  key: 'getuploadparams',
  wrapper: 'postuploadvolumeresponse',
})
