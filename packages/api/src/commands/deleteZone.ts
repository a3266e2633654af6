import { defineCommand } from '../define-command.ts'

export const deleteZone = defineCommand({
  name: 'deleteZone',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'deleteZone.',
  params: {
    id: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Identifier of the object.' },
  },
  response: 'success',
})
