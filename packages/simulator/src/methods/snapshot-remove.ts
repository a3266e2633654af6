import { mutatingMethod } from '../host-method.ts'

export const snapshotRemove = mutatingMethod('snapshot.remove', {
  run({ world, profile }, { pool, snapshotUuid }) {
    world.storage.remove(world.storage.directory(pool, profile.name), snapshotUuid)
    return {}
  },
  probe: () => ({ effect: 'absent' }),
})
