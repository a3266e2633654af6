import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'
import { diskKey, spaceOf } from '../storage.ts'

export const volumeRemove = mutatingMethod('volume.remove', {
  run({ world, profile, hypervisor }, { pool, volumeUuid }) {
    const directory = world.storage.directory(pool, profile.name)
    spaceOf(pool, directory)
    const key = diskKey(directory, volumeUuid)
    // Like the KVM agent: only the guests of this host are known here. The oracle sees those of the others.
    const user = [...hypervisor.domains.values()].find((domain) => domain.diskKeys.includes(key))
    if (user !== undefined) {
      throw hostRefusal(
        agentFailure('volume.in-use', `The volume ${volumeUuid} is in use`, { seen: `guest ${user.instanceName}` }),
      )
    }
    if (directory.files.has(volumeUuid)) world.oracle.removed(key, profile.name)
    world.storage.remove(directory, volumeUuid)
    return {}
  },
  probe({ world, profile }, { pool, volumeUuid }) {
    const present = world.storage.directory(pool, profile.name).files.has(volumeUuid)
    return present ? { effect: 'absent' } : { effect: 'done', result: {} }
  },
})
