import { defineCommand } from '../define-command.ts'

export const deletePod = defineCommand({
  name: 'deletePod',
  kind: 'sync',
  roles: ['Admin'],
  since: '2.1.0',
  description: 'deletePod.',
  params: {
    id: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'Identifier of the object.' },
  },
  response: 'success',
})
