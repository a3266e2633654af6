import { defineCommand } from '../define-command.ts'
import { copyImageParams } from '../params/copy-image.ts'
import { templateResponse } from '../responses/template.ts'

export const copyIso = defineCommand({
  name: 'copyIso',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ISO.COPY',
  since: '2.1.0',
  description: 'Makes an ISO available in more zones. Its image is kept once and given to all of them.',
  params: {
    destzoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'Zone it becomes available in.' },
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The ISO.' },
    ...copyImageParams,
  },
  response: templateResponse,
  key: 'template',
  wrapper: 'copytemplateresponse',
})
