import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../host-method.ts'

export const snapshotUpload = mutatingMethod('snapshot.upload', {
  async run(context, { pool, snapshotUuid, sizeBytes }, job) {
    const file = context.world.storage.directory(pool, context.profile.name).files.get(snapshotUuid)
    if (file?.content === undefined) {
      throw hostRefusal(
        agentFailure('snapshot.absent', 'The image of the snapshot is not on the host', { seen: snapshotUuid }),
      )
    }
    await context.control.sendImage(snapshotUuid, Buffer.from(file.content))
    job.progress({ sentBytes: sizeBytes, sizeBytes })
    return { sentBytes: sizeBytes }
  },
  probe: () => ({ effect: 'absent' }),
})
