import { dropOldReservations, recalculateCapacity } from '../capacity/index.ts'
import type { Duty } from '../duties/duty.ts'
import { noteTurn } from './status.ts'

/** Ends old reservations, then compares what hosts have given with what VMs hold; a difference is a bug and is told. */
export const capacityDuty: Duty = {
  name: 'capacity',
  pauseMs: (ctx) => ctx.config.number('capacity.check.period'),
  run: async (ctx) => {
    const dropped = await dropOldReservations(ctx)
    const corrected = await recalculateCapacity(ctx)
    for (const entry of corrected) ctx.log.error({ ...entry }, 'the claims of a host were wrong and are corrected')
    noteTurn(ctx, 'capacity', { looked: dropped, acted: corrected.length })
  },
}
