import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'

export const snapshotUpload = mutatingMethod('snapshot.upload', {
  async run(context, { pool, snapshotUuid, sizeBytes }, job) {
    const driver = driverOf(pool)
    const image = await context.pools.use(pool, () => driver.unfinished(context, pool, snapshotUuid))
    if (image === undefined || image.bytes < sizeBytes) {
      throw hostRefusal(
        agentFailure('snapshot.absent', 'The image of the snapshot is not on the host', { seen: snapshotUuid }),
      )
    }
    await context.sendImage(
      snapshotUuid,
      image.path,
      sizeBytes,
      (sentBytes) => job.progress({ sentBytes, sizeBytes }),
      job.signal,
    )
    return { sentBytes: sizeBytes }
  },
  // The server knows how much has come: a repeat goes on from there.
  probe: async () => ({ effect: 'absent' }),
})
