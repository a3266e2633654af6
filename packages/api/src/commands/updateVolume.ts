import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const updateVolume = defineCommand({
  name: 'updateVolume',
  kind: 'async',
  roles: ['Admin'],
  event: 'VOLUME.UPDATE',
  since: '2.1.0',
  description: 'Changes what is known of a volume.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    path: {
      type: 'string',
      unsupported: { reason: 'Where a volume lies is changed by migrateVolume, not by hand.' },
      description: 'File name on its storage pool.',
    },
    chaininfo: {
      type: 'string',
      since: '4.4',
      unsupported: { reason: 'Chains are read from the images themselves.' },
      description: 'Chain of its images.',
    },
    storageid: {
      type: 'uuid',
      since: '4.3',
      unsupported: { reason: 'Where a volume lies is changed by migrateVolume, not by hand.' },
      description: 'Storage pool.',
    },
    state: {
      type: 'string',
      since: '4.3',
      unsupported: { reason: 'States follow what is done, not what is said.' },
      description: 'State.',
    },
    displayvolume: { type: 'boolean', roles: ['Admin'], description: 'Whether its owner sees it; root admins only.' },
    name: { type: 'string', since: '4.16', description: 'New name.' },
    deleteprotection: { type: 'boolean', since: '4.20.0', description: 'Whether destroying it is refused.' },
    customid: {
      type: 'string',
      since: '4.4',
      unsupported: { reason: 'The uuid is the name of the file on storage.' },
      description: 'New UUID; root admins only.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
