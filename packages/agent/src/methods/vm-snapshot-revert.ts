import { mutatingMethod } from '../journal/host-method.ts'
import { revertGuestSnapshot } from '../vm/guest-snapshot.ts'

export const vmSnapshotRevert = mutatingMethod('vm.snapshot.revert', {
  async run(context, params) {
    await revertGuestSnapshot(context, params)
    return {}
  },
  // Going back again leads to the same moment.
  probe: async () => ({ effect: 'absent' }),
})
