import { hostRefusal, type Params, type Result } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../host-method.ts'
import { emptyImageBytes, spaceOf, volumePath } from '../storage.ts'

export const volumeCreate = mutatingMethod('volume.create', {
  run(context, params) {
    const present = matching(context, params)
    if (present !== undefined) return present
    const { pool, volume } = params
    const { storage } = context.world
    const directory = storage.directory(pool, context.profile.name)
    if (volume.templateUuid !== undefined && directory.files.get(volume.templateUuid)?.kind !== 'template') {
      throw hostRefusal(
        agentFailure('template.absent', 'The template has no copy on the pool', {
          seen: volumePath(pool, volume.templateUuid),
        }),
      )
    }
    const { availableBytes } = spaceOf(pool, directory)
    if (availableBytes < emptyImageBytes) {
      throw hostRefusal(
        agentFailure('pool.full', 'The pool has too little space for the volume', {
          seen: `${availableBytes} bytes free`,
        }),
      )
    }
    const file = storage.put(directory, volume.uuid, {
      kind: 'volume',
      sizeBytes: volume.sizeBytes,
      physicalBytes: emptyImageBytes,
      format: volume.format,
      ...(volume.templateUuid === undefined ? {} : { backing: volume.templateUuid }),
    })
    return { sizeBytes: file.sizeBytes, physicalBytes: file.physicalBytes, path: volumePath(pool, volume.uuid) }
  },
  probe(context, params) {
    const present = matching(context, params)
    return present === undefined ? { effect: 'absent' } : { effect: 'done', result: present }
  },
})

/** The volume as asked for, if it is there; refuses a file of the name that is something else. */
function matching(
  { world, profile }: HostContext,
  { pool, volume }: Params<'volume.create'>,
): Result<'volume.create'> | undefined {
  const directory = world.storage.directory(pool, profile.name)
  spaceOf(pool, directory)
  const file = directory.files.get(volume.uuid)
  if (file === undefined) return undefined
  if (file.sizeBytes === volume.sizeBytes && file.backing === volume.templateUuid && file.format === volume.format) {
    return { sizeBytes: file.sizeBytes, physicalBytes: file.physicalBytes, path: volumePath(pool, volume.uuid) }
  }
  throw hostRefusal(
    agentFailure('volume.conflict', `Another file is named ${volume.uuid} on the pool`, {
      seen: `${file.sizeBytes} bytes over ${file.backing ?? 'nothing'}; asked: ${volume.sizeBytes} over ${volume.templateUuid ?? 'nothing'}`,
    }),
  )
}
