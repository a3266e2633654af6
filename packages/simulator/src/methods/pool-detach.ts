import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'

export const poolDetach = mutatingMethod('pool.detach', {
  run({ hypervisor, disk, world, profile }, { pool, release }) {
    const user = [...hypervisor.domains.values()].find((domain) =>
      domain.spec.disks.some((one) => one.pool.uuid === pool.uuid),
    )
    if (user !== undefined) {
      throw hostRefusal(
        agentFailure('volume.in-use', 'A guest of the host uses the pool', { seen: `guest ${user.instanceName}` }),
      )
    }
    disk.pools.delete(pool.uuid)
    const directory = world.storage.directory(pool, profile.name)
    const kept = [...directory.files.values()].some((file) => file.kind === 'volume' || file.kind === 'template')
    if (release === true && directory.marker === pool.uuid && !kept) world.storage.setMarker(directory, undefined)
    return {}
  },
  probe: ({ disk }, { pool }) => (disk.pools.has(pool.uuid) ? { effect: 'absent' } : { effect: 'done', result: {} }),
})
