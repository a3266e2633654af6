import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const destroyVolume = defineCommand({
  name: 'destroyVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.DESTROY',
  since: '4.14.0',
  description:
    'Puts a detached volume into the bin, from which recoverVolume brings it back until it is cleaned up; with expunge it is gone at once.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    expunge: { type: 'boolean', since: '4.6.0', description: 'Delete it for good at once.' },
  },
  response: volumeResponse,
  key: 'volume',
})
