import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { refuseInUse, requireDisk, requireFile, requireGuest } from '../guest-disk.ts'
import { mutatingMethod } from '../host-method.ts'

export const volumeResize = mutatingMethod('volume.resize', {
  run(context, { volume, sizeBytes, shrink, vm }) {
    const { directory, file } = requireFile(context, volume.pool, volume.volumeUuid)
    if (file.sizeBytes === sizeBytes) return { sizeBytes, physicalBytes: file.physicalBytes }
    if (sizeBytes < file.sizeBytes && (vm !== undefined || !shrink)) {
      throw hostRefusal(
        agentFailure('volume.shrink', `The volume ${volume.volumeUuid} would become smaller`, {
          seen: `${file.sizeBytes} bytes, ${sizeBytes} asked`,
        }),
      )
    }
    if (vm === undefined) refuseInUse(context, volume.pool, volume.volumeUuid)
    else requireDisk(context, requireGuest(context, vm), volume.pool, volume.volumeUuid)
    const { modified: _, ...rest } = file
    context.world.storage.put(directory, volume.volumeUuid, { ...rest, sizeBytes })
    return { sizeBytes, physicalBytes: file.physicalBytes }
  },
  probe(context, { volume, sizeBytes }) {
    const { file } = requireFile(context, volume.pool, volume.volumeUuid)
    return file.sizeBytes === sizeBytes
      ? { effect: 'done', result: { sizeBytes, physicalBytes: file.physicalBytes } }
      : { effect: 'absent' }
  },
})
