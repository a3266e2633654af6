import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const recoverVolume = defineCommand({
  name: 'recoverVolume',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.RECOVER',
  since: '4.14.0',
  description: 'Brings a destroyed volume back.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
  },
  response: volumeResponse,
  key: 'volume',
})
