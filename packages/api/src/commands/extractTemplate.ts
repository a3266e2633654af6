import { defineCommand } from '../define-command.ts'
import { extractResponse } from '../responses/extract.ts'

export const extractTemplate = defineCommand({
  name: 'extractTemplate',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.EXTRACT',
  since: '2.1.0',
  description:
    'Makes a link by which a template is downloaded without a login for extract.url.expiration.interval seconds.',
  params: {
    id: { type: 'uuid', entity: 'Template', access: 'use', required: true, description: 'The template.' },
    url: {
      type: 'string',
      unsupported: { reason: 'Images are downloaded, not sent away.' },
      description: 'Where it would be sent.',
    },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      description: 'Zone of it; the link is the same in every zone.',
    },
    mode: {
      type: 'string',
      values: ['HTTP_DOWNLOAD'],
      required: true,
      description: 'How it is given: HTTP_DOWNLOAD, a link that expires.',
    },
  },
  response: extractResponse,
  key: 'template',
})
