import type { Duty } from '../duties/duty.ts'
import { forgetUpload, spentUploads } from './uploaded-image.ts'
import { forgetUploadFiles } from './workflows/volume-upload.ts'

/** Takes images off the store whose volumes are on a pool now, or gone. */
export const spentUploadsDuty: Duty = {
  name: 'remove-spent-uploads',
  pauseMs: async (ctx) => (await ctx.config.number('storage.cleanup.interval')) * 1000,
  async run(ctx) {
    for (const { id, uuid } of await spentUploads(ctx.db)) {
      await forgetUploadFiles(ctx, uuid)
      await forgetUpload(ctx.db, id)
    }
  },
}
