import { defineCommand } from '../define-command.ts'
import { copyImageParams } from '../params/copy-image.ts'
import { templateResponse } from '../responses/template.ts'

export const copyTemplate = defineCommand({
  name: 'copyTemplate',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.COPY',
  since: '2.1.0',
  description: 'Makes a template available in more zones. Its image is kept once and given to all of them.',
  params: {
    destzoneid: { type: 'uuid', entity: 'Zone', access: 'use', description: 'Zone it becomes available in.' },
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The template.' },
    ...copyImageParams,
  },
  response: templateResponse,
  key: 'template',
})
