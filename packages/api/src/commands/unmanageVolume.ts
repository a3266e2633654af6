import { defineCommand } from '../define-command.ts'

export const unmanageVolume = defineCommand({
  name: 'unmanageVolume',
  kind: 'async',
  roles: ['Admin'],
  event: 'VOLUME.UNMANAGE',
  since: '4.19.1',
  description: 'Lets go of a detached data volume: its file stays on its storage pool, where importVolume finds it.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
  },
  response: 'success',
})
