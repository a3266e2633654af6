import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'

export const snapshotUpload = mutatingMethod('snapshot.upload', {
  async run(context, { pool, snapshotUuid, sizeBytes }, job) {
    const driver = driverOf(pool)
    const path = await context.pools.use(pool, async () => {
      if ((await driver.written(context, pool, snapshotUuid)) < sizeBytes) {
        throw hostRefusal(
          agentFailure('snapshot.absent', 'The image of the snapshot is not on the host', { seen: snapshotUuid }),
        )
      }
      return await driver.reserve(context, pool, snapshotUuid, { format: 'qcow2', sizeBytes }, { resume: true })
    })
    await context.sendImage(
      snapshotUuid,
      path,
      sizeBytes,
      (sentBytes) => job.progress({ sentBytes, sizeBytes }),
      job.signal,
    )
    return { sentBytes: sizeBytes }
  },
  // The server knows how much has come: a repeat goes on from there.
  probe: async () => ({ effect: 'absent' }),
})
