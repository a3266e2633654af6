import { mutatingMethod } from '../journal/host-method.ts'
import { takeSnapshot } from '../storage/take-snapshot.ts'

export const snapshotTake = mutatingMethod('snapshot.take', {
  run: takeSnapshot,
  // What an interrupted one wrote is of no known moment: it is taken anew.
  probe: async () => ({ effect: 'absent' }),
})
