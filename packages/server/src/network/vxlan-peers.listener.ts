import type { HostListener } from '../agents/host-listener.ts'
import { tellPeers } from './vxlan-peers.ts'

/** A host that comes is known to the others before it gets a guest, and knows them. */
export const vxlanPeersListener: HostListener = {
  name: 'VXLAN peers',
  async arrive(ctx, { id, row }) {
    await tellPeers(ctx, row.data_center_id, id)
  },
}
