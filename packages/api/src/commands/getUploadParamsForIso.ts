import { defineCommand } from '../define-command.ts'
import { announcedImageParams } from '../params/announced-image.ts'
import { uploadParamsResponse } from '../responses/upload-params.ts'

export const getUploadParamsForIso = defineCommand({
  name: 'getUploadParamsForIso',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ISO.UPLOAD',
  since: '4.13',
  description:
    'Announces an ISO whose image the caller sends itself: answers where to and the headers to send with it.',
  params: {
    bootable: { type: 'boolean', description: 'Whether a guest may boot from it; true unless given.' },
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people; the name unless given.' },
    isfeatured: { type: 'boolean', description: 'Show it among the featured; root admins only.' },
    ispublic: { type: 'boolean', description: 'Whether every account may use it.' },
    isextractable: { type: 'boolean', description: 'Whether it may be downloaded.' },
    ostypeid: {
      type: 'uuid',
      entity: 'OsType',
      access: 'use',
      description: 'Operating system type; Other Linux (64-bit) unless given.',
    },
    name: { type: 'string', required: true, description: 'Name.' },
    format: { type: 'string', values: ['ISO'], required: true, description: 'Format of the image.' },
    ...announcedImageParams,
  },
  response: uploadParamsResponse,
  key: 'getuploadparams',
  wrapper: 'postuploadisoresponse',
})
