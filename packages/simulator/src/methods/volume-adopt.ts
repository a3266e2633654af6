import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const volumeAdopt = mutatingMethod('volume.adopt', {
  run({ world, profile }, { pool, name, volumeUuid, format, virtualSizeBytes }) {
    const directory = world.storage.directory(pool, profile.name)
    spaceOf(pool, directory)
    const theirs = directory.files.get(name)
    const ours = directory.files.get(volumeUuid)
    if (theirs === undefined) {
      if (ours !== undefined) return { physicalBytes: ours.physicalBytes }
      throw hostRefusal(agentFailure('volume.absent', `There is no file ${name} on the pool`, { seen: pool.path }))
    }
    if (theirs.format !== format || theirs.sizeBytes !== virtualSizeBytes || theirs.backing !== undefined) {
      const seen = `${theirs.format} of ${theirs.sizeBytes} bytes`
      throw hostRefusal(agentFailure('template.unsafe', `The file ${name} cannot become a volume`, { seen }))
    }
    if (ours !== undefined && name !== volumeUuid) {
      throw hostRefusal(agentFailure('volume.conflict', `Another file is named ${volumeUuid}`, { seen: pool.path }))
    }
    world.storage.put(directory, volumeUuid, { ...theirs, kind: 'volume' })
    if (name !== volumeUuid) world.storage.remove(directory, name)
    return { physicalBytes: theirs.physicalBytes }
  },
  probe: () => ({ effect: 'absent' }),
})
