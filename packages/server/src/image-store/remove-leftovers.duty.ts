import type { Duty } from '../duties/duty.ts'
import { removeLeftovers } from './remove-leftovers.ts'

/** What was written for nothing, or is needed no more, while its store was away. */
export const removeLeftoversDuty: Duty = {
  name: 'remove-image-leftovers',
  pauseMs: async () => 60_000,
  run: async (ctx) => void (await removeLeftovers(ctx)),
}
