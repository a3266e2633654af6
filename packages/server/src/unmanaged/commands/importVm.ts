import { importVm } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { vmView } from '../../vm/index.ts'
import { readDiskImport } from '../disk-import.ts'
import { vmImportDiskWorkflow } from '../workflows/vm-import-disk.ts'

export const handler = defineHandler(importVm, {
  submit: async (call) => {
    const { pool, input } = await readDiskImport(call)
    return {
      workflow: vmImportDiskWorkflow,
      // One import of a file at a time.
      lockKey: `import:${pool.id}:${input.fileName}`.slice(0, 190),
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
      input,
    }
  },
  result: async ({ db, output }) => {
    const { vmId } = output.rows as { readonly vmId: number }
    return await vmView(db, vmId)
  },
  eventText: ({ input }) => `importing VM: ${input.name}`,
})
