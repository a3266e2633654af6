import { defineCommand } from '../define-command.ts'
import { volumeForImportResponse } from '../responses/volume-for-import.ts'

export const listVolumesForImport = defineCommand({
  name: 'listVolumesForImport',
  kind: 'list',
  roles: ['Admin'],
  since: '4.19.1',
  description: 'Lists files that lie on a storage pool and are no volumes, with what their headers say.',
  params: {
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      required: true,
      description: 'Storage pool: of files, not of logical volumes.',
    },
    path: { type: 'string', maxLength: 1024, description: 'Only the file of this name.' },
    keyword: { type: 'string', description: 'Only files whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
  },
  response: volumeForImportResponse,
  key: 'volumeforimport',
})
