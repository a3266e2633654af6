import type { Duty } from '../duties/duty.ts'
import { tellPeers } from './vxlan-peers.ts'

/** Hosts that were deleted, labels and modes that were changed, calls that failed: what no arrival tells. */
export const vxlanPeersDuty: Duty = {
  name: 'VXLAN peers',
  pauseMs: async () => 30_000,
  async run(ctx) {
    const zones = await ctx.db.selectFrom('data_center').select('id').where('removed', 'is', null).execute()
    for (const { id } of zones) await tellPeers(ctx, id)
  },
}
