import { mutatingMethod } from '../journal/host-method.ts'
import { createGuestSnapshot } from '../vm/guest-snapshot.ts'

export const vmSnapshotCreate = mutatingMethod('vm.snapshot.create', {
  async run(context, params) {
    await createGuestSnapshot(context, params, params.memory)
    return {}
  },
  // What is there already is left as it is.
  probe: async () => ({ effect: 'absent' }),
})
