import type { Duty } from '../duties/duty.ts'
import { refreshGuards } from './guard.service.ts'

/** Hosts that were deleted, addresses and VXLANs that changed: what no connect tells. */
export const guardDuty: Duty = {
  name: 'guards',
  pauseMs: async () => 30_000,
  run: async (ctx) => await refreshGuards(ctx),
}
