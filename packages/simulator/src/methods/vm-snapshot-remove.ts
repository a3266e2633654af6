import { changeDisks } from '../guest-snapshot.ts'
import { mutatingMethod } from '../host-method.ts'

export const vmSnapshotRemove = mutatingMethod('vm.snapshot.remove', {
  run(context, params) {
    changeDisks(context, params, 'remove')
    return {}
  },
  probe: () => ({ effect: 'absent' }),
})
