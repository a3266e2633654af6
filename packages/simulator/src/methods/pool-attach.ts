import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const poolAttach = mutatingMethod('pool.attach', {
  run({ world, profile, disk }, { pool, create }) {
    const directory = world.storage.directory(pool, profile.name)
    const refuse = (code: 'pool.marker' | 'pool.read-only', seen: string): Error =>
      hostRefusal(agentFailure(code, `The path ${pool.path} cannot be used as pool`, { seen }))
    const usable = directory.fault === 'none' || directory.fault === 'full'
    if (create && usable && directory.marker === undefined) world.storage.setMarker(directory, pool.uuid)
    const space = spaceOf(pool, directory)
    if (directory.fault === 'read-only') throw refuse('pool.read-only', 'EROFS: read-only file system')
    if (directory.marker !== pool.uuid) throw refuse('pool.marker', `the marker of pool ${directory.marker}`)
    disk.pools.set(pool.uuid, pool)
    return space
  },
  probe({ disk, world, profile }, { pool }) {
    if (disk.pools.get(pool.uuid)?.path !== pool.path) return { effect: 'absent' }
    return { effect: 'done', result: spaceOf(pool, world.storage.directory(pool, profile.name)) }
  },
})
