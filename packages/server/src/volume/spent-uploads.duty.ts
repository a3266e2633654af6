import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { abandonImage, removeAbandoned } from '../image-store/index.ts'
import { forgetUpload, spentUploads } from './upload.repository.ts'
import { forgetUploadFiles } from './workflows/volume-upload.ts'

/** Takes images off the store whose volumes are on a pool now, or gone. */
export const spentUploadsDuty: Duty = {
  name: 'remove-spent-uploads',
  pauseMs: async (ctx) => (await ctx.config.number('storage.cleanup.interval')) * 1000,
  async run(ctx) {
    for (const { id, uuid, storeId, path } of await spentUploads(ctx.db)) {
      await forgetUploadFiles(ctx, uuid)
      const place = path === null ? undefined : ({ storeId, folder: 'volumes', name: path } as const)
      await transact(ctx, async (tx) => {
        if (place !== undefined) await abandonImage(tx, ctx, place)
        await forgetUpload(tx, id)
      })
      if (place !== undefined) await removeAbandoned(ctx, place)
    }
  },
}
