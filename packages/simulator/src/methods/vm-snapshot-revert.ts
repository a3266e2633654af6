import { changeDisks } from '../guest-snapshot.ts'
import { mutatingMethod } from '../host-method.ts'

export const vmSnapshotRevert = mutatingMethod('vm.snapshot.revert', {
  run(context, params) {
    changeDisks(context, params, 'revert')
    return {}
  },
  probe: () => ({ effect: 'absent' }),
})
