import { rm } from 'node:fs/promises'
import type { Duty } from '../duties/duty.ts'
import { ownPath } from '../image-store/index.ts'
import { deleteLink, expiredLinks } from './link.repository.ts'

/** Forgets links that have expired, and removes the files that were made for them. */
export const expireLinksDuty: Duty = {
  name: 'expire-image-links',
  pauseMs: async (ctx) => (await ctx.config.number('extract.url.cleanup.interval')) * 1000,
  async run(ctx) {
    for (const link of await expiredLinks(ctx.db, ctx.runtime.now(), 'downloads')) {
      // The file first: a crash in between leaves a row that is looked at again.
      if (link.own_path !== null) await rm(ownPath(ctx.dataDir, 'exports', link.own_path), { force: true })
      await deleteLink(ctx.db, link.id)
    }
  },
}
