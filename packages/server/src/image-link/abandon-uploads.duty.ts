import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { abandonTemplate } from '../template/sent-template.ts'
import { abandonVolume } from '../volume/index.ts'
import { deleteLink, expiredLinks } from './link.repository.ts'

/** Gives up announced uploads that did not come in time. */
export const abandonUploadsDuty: Duty = {
  name: 'abandon-uploads',
  pauseMs: async (ctx) => (await ctx.config.number('upload.monitoring.interval')) * 1000,
  async run(ctx) {
    for (const link of await expiredLinks(ctx.db, ctx.runtime.now(), 'uploads')) {
      await transact(ctx, async (tx) => {
        await deleteLink(tx, link.id)
        if (link.resource_type === 'VolumeUpload') await abandonVolume(tx, ctx, link.resource_id)
        else await abandonTemplate(tx, ctx, link.resource_id)
      })
    }
  },
}
