import { defineCommand } from '../define-command.ts'

export const deleteZone = defineCommand({
  name: 'deleteZone',
  kind: 'sync',
  roles: ['Admin'],
  event: 'ZONE.DELETE',
  since: '2.1.0',
  description: 'Deletes a zone that has no pods, networks or storage left.',
  params: {
    id: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'The zone.' },
  },
  response: 'success',
})
