import { defineCommand } from '../define-command.ts'
import { extractResponse } from '../responses/extract.ts'

export const extractSnapshot = defineCommand({
  name: 'extractSnapshot',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOT.EXTRACT',
  since: '4.20.0',
  description:
    'Makes a link by which a snapshot is downloaded without a login for extract.url.expiration.interval seconds.',
  params: {
    id: {
      type: 'uuid',
      entity: 'Snapshot',
      access: 'operate',
      required: true,
      since: '4.20.0',
      description: 'The snapshot.',
    },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      required: true,
      since: '4.20.0',
      description: 'Zone of the snapshot.',
    },
  },
  response: extractResponse,
  key: 'snapshot',
})
