import { migrateSecondaryStorageData } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeStore } from '../image-store.repository.ts'
import { planMoves } from '../plan-moves.ts'
import { imageStoreMigrateWorkflow } from '../workflows/image-store-migrate.ts'

export const handler = defineHandler(migrateSecondaryStorageData, {
  async submit({ tx, ctx, input, entities }) {
    const { srcpool: from, destpools } = entities
    const type = migrationType(input.migrationtype)
    const moves = await planMoves(tx, ctx, from, destpools, type)
    // What is being emptied shall not be filled meanwhile.
    if (type === 'complete') await changeStore(tx, from, { read_only: 1 })
    return {
      workflow: imageStoreMigrateWorkflow,
      input: { fromName: from.name, moves },
      lockKey: `image-store:${from.id}`,
      instance: { type: 'ImageStore', id: from.id, uuid: from.uuid },
    }
  },
  result: async ({ input, output, entities }) => ({
    message: `${(output.move as { readonly moved: number }).moved} image(s) moved from ${entities.srcpool.name}`,
    migrationtype: migrationType(input.migrationtype).toUpperCase(),
    success: true,
  }),
  eventText: ({ entities }) => `moving the images of image store ${entities.srcpool.name}`,
})

function migrationType(value: string | undefined): 'complete' | 'balance' {
  return value?.toLowerCase() === 'balance' ? 'balance' : 'complete'
}
