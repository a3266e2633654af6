import { mutatingMethod } from '../journal/host-method.ts'
import { removeGuestSnapshot } from '../vm/guest-snapshot.ts'

export const vmSnapshotRemove = mutatingMethod('vm.snapshot.remove', {
  async run(context, params) {
    await removeGuestSnapshot(context, params)
    return {}
  },
  // What is gone is not missed.
  probe: async () => ({ effect: 'absent' }),
})
