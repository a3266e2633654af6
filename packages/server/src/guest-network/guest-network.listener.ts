import type { HostListener } from '../agents/host-listener.ts'
import { transact } from '../db/transaction.ts'
import { noteArrival, noteLoss, noteUp } from './told-hosts.ts'

/** A host that comes is told what it lacks, and where it is becomes known to the others. */
export const guestNetworkListener: HostListener = {
  name: 'guest-network',
  async arrive(ctx, host) {
    noteArrival(ctx, host)
  },
  async up(ctx, hostId) {
    noteUp(ctx, hostId)
  },
  async lost(ctx, hostId) {
    noteLoss(ctx, hostId)
  },
  async passwordTaken(ctx, _hostId, instanceName, version) {
    await transact(ctx, async (tx) => {
      const vm = await tx
        .selectFrom('vm_instance')
        .select('id')
        .where('instance_name', '=', instanceName)
        .executeTakeFirst()
      if (vm === undefined) return
      // A word of an older password says nothing of the one that waits now.
      await tx
        .updateTable('vm_guest_data')
        .set({ password: null })
        .where('vm_id', '=', vm.id)
        .where('password_version', '<=', version)
        .execute()
    })
  },
}
