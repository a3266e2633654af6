import { importVolume } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { chooseSite, requireDiskOffering, volumeViews } from '../../volume/index.ts'
import { readFileName, requireFilePool } from '../loose-volumes.ts'
import { volumeImportWorkflow } from '../workflows/volume-import.ts'

export const handler = defineHandler(importVolume, {
  submit: async ({ ctx, tx, caller, input, entities }) => {
    const { storageid: pool, diskofferingid: offering } = entities
    requireFilePool(pool)
    const fileName = readFileName(pool, input.path)
    if (offering !== undefined) await requireDiskOffering(tx, offering, pool.data_center_id)
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    return {
      workflow: volumeImportWorkflow,
      // One import of a file at a time.
      lockKey: `import:${pool.id}:${fileName}`.slice(0, 190),
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
      owner: { accountId: owner.accountId, domainId: owner.domainId },
      input: {
        poolId: pool.id,
        fileName,
        volumeName: input.name ?? fileName,
        accountId: owner.accountId,
        offeringId: offering?.id ?? null,
        site: await chooseSite(tx, ctx, undefined, [pool.id]),
      },
    }
  },
  result: async ({ db, output }) => {
    const { volumeId } = output.rows as { readonly volumeId: number }
    return (await volumeViews(db, [volumeId]))[0] ?? {}
  },
  eventText: ({ input }) => `importing volume: ${input.path}`,
})
