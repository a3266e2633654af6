import { listVolumesForImport } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { looseFilesOf, looseFileView, readFileName, requireFilePool } from '../loose-volumes.ts'

export const handler = defineHandler(listVolumesForImport, {
  list: async ({ ctx, db, input, entities, page, signal }) => {
    const { storageid: pool } = entities
    requireFilePool(pool)
    const name = input.path === undefined ? undefined : readFileName(pool, input.path)
    const files = await looseFilesOf(ctx, db, pool, name, signal)
    const found = files.filter((file) => file.name.includes(input.keyword ?? ''))
    const items = found.slice(page.offset, page.offset + page.limit).map((file) => looseFileView(pool, file))
    return { count: found.length, items }
  },
})
