import { changeDisks } from '../guest-snapshot.ts'
import { mutatingMethod } from '../host-method.ts'

export const vmSnapshotCreate = mutatingMethod('vm.snapshot.create', {
  run(context, params) {
    changeDisks(context, params, 'create')
    return {}
  },
  probe: () => ({ effect: 'absent' }),
})
