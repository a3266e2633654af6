import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure, type JsonObject } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../host-method.ts'
import { spaceOf, volumePath } from '../storage.ts'

/** The image itself is never fetched: the copy is a name, a size and a checksum. */
export const templateInstall = mutatingMethod('template.install', {
  run(context, params, job) {
    const present = installed(context, params)
    if (present !== undefined) return present
    const { pool, template } = params
    const directory = context.world.storage.directory(pool, context.profile.name)
    const { availableBytes } = spaceOf(pool, directory)
    if (availableBytes < template.sizeBytes) {
      throw hostRefusal(
        agentFailure('pool.full', 'The pool has too little space for the template', {
          seen: `${availableBytes} bytes free, ${template.sizeBytes} needed`,
        }),
      )
    }
    job.progress({ fetchedBytes: template.sizeBytes, sizeBytes: template.sizeBytes })
    context.world.storage.put(directory, template.uuid, {
      kind: 'template',
      sizeBytes: template.virtualSizeBytes,
      physicalBytes: template.sizeBytes,
      format: template.format,
      sha256: template.sha256,
    })
    return {
      path: volumePath(pool, template.uuid),
      physicalBytes: template.sizeBytes,
      fetchedBytes: template.sizeBytes,
    }
  },
  probe(context, params) {
    const present = installed(context, params)
    return present === undefined ? { effect: 'absent' } : { effect: 'done', result: present }
  },
})

function installed(
  { world, profile }: HostContext,
  { pool, template }: Params<'template.install'>,
): JsonObject | undefined {
  const directory = world.storage.directory(pool, profile.name)
  spaceOf(pool, directory)
  const file = directory.files.get(template.uuid)
  if (file === undefined) return undefined
  if (file.sha256 !== template.sha256) {
    throw hostRefusal(
      agentFailure('volume.conflict', `Another image is named ${template.uuid} on the pool`, {
        seen: file.sha256 ?? 'a volume',
      }),
    )
  }
  return { path: volumePath(pool, template.uuid), physicalBytes: file.physicalBytes, fetchedBytes: 0 }
}
