import { defineCommand } from '../define-command.ts'

export const deleteHost = defineCommand({
  name: 'deleteHost',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin'],
  since: '2.1.0',
  description: 'deleteHost.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'Identifier of the object.' },
    forced: { type: 'boolean', description: 'Do it even where a safe way fails.' },
    forcedestroylocalstorage: { type: 'boolean', description: 'The forcedestroylocalstorage.' },
  },
  response: 'success',
})
