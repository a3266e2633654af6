import { defineCommand } from '../define-command.ts'
import { extractResponse } from '../responses/extract.ts'

export const extractVolume = defineCommand({
  name: 'extractVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.EXTRACT',
  since: '2.1.0',
  description:
    'Copies a volume at rest to the server and makes a link by which it is downloaded without a login for extract.url.expiration.interval seconds.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Volume',
      access: 'operate',
      required: true,
      description: 'The volume; detached, or of a stopped virtual machine.',
    },
    url: {
      type: 'string',
      unsupported: { reason: 'Images are downloaded, not sent away.' },
      description: 'Where it would be sent.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'Zone of the volume.' },
    mode: {
      type: 'string',
      values: ['HTTP_DOWNLOAD'],
      required: true,
      description: 'How it is given: HTTP_DOWNLOAD, a link that expires.',
    },
  },
  response: extractResponse,
  key: 'volume',
})
