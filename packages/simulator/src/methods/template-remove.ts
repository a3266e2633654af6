import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const templateRemove = mutatingMethod('template.remove', {
  run({ world, profile, hypervisor }, { pool, templateUuid }) {
    const directory = world.storage.directory(pool, profile.name)
    spaceOf(pool, directory)
    const reader = [...hypervisor.domains.values()].find((domain) => domain.spec.cdrom?.uuid === templateUuid)
    if (reader !== undefined) {
      throw hostRefusal(
        agentFailure('template.in-use', 'A guest has the image', { seen: `guest ${reader.instanceName}` }),
      )
    }
    const overlay = [...directory.files].find(([, file]) => file.backing === templateUuid)
    if (overlay !== undefined) {
      throw hostRefusal(
        agentFailure('template.in-use', 'The template has volumes on the pool', { seen: `volume ${overlay[0]}` }),
      )
    }
    world.storage.remove(directory, templateUuid)
    return {}
  },
  probe({ world, profile }, { pool, templateUuid }) {
    const present = world.storage.directory(pool, profile.name).files.has(templateUuid)
    return present ? { effect: 'absent' } : { effect: 'done', result: {} }
  },
})
