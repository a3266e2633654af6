import type { Duty } from '../duties/duty.ts'
import { forgetExpiredCertificates } from './ca/index.ts'

const dayMs = 86_400_000
/** An expired certificate is refused by its own date; its row only helps to say whose it was. */
const keepMs = 30 * dayMs

/** Forgets certificates and join tokens that ran out long ago. */
export const forgetCertificatesDuty: Duty = {
  name: 'forget old certificates and join tokens',
  pauseMs: async () => dayMs / 4,
  async run(ctx) {
    const before = ctx.runtime.now() - keepMs
    await forgetExpiredCertificates(ctx.db, before)
    await ctx.db.deleteFrom('join_token').where('expires', '<', before).execute()
  },
}
