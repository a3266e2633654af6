import { readingMethod } from '../journal/host-method.ts'
import { looseFiles } from '../unmanaged/loose-files.ts'

export const volumeUnmanaged = readingMethod('volume.unmanaged', async (context, { pool, name }) => ({
  files: await looseFiles(context, pool, name),
}))
