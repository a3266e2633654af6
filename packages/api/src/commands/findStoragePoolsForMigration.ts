import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const findStoragePoolsForMigration = defineCommand({
  name: 'findStoragePoolsForMigration',
  kind: 'list',
  roles: ['Admin'],
  since: '3.0.0',
  description:
    'Lists the other storage pools of the zone with whether migrateVolume can move the volume there, and what stands against it where it cannot.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'list', required: true, description: 'The volume.' },
    keyword: { type: 'string', description: 'Only pools whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
