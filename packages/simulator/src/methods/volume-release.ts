import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const volumeRelease = mutatingMethod('volume.release', {
  run({ world, profile }, { pool, name, volumeUuid }) {
    const directory = world.storage.directory(pool, profile.name)
    spaceOf(pool, directory)
    const file = directory.files.get(volumeUuid)
    if (file === undefined || name === volumeUuid) return {}
    world.storage.put(directory, name, { ...file, kind: 'other' })
    world.storage.remove(directory, volumeUuid)
    return {}
  },
  probe: () => ({ effect: 'absent' }),
})
