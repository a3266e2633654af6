import { deleteSnapshot } from '@altostack/api'
import { volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { moveSnapshot } from '../snapshot.states.ts'
import { snapshotDeleteWorkflow } from '../workflows/snapshot-delete.ts'

export const handler = defineHandler(deleteSnapshot, {
  submit: async ({ ctx, tx, entities }) => {
    const { id: snapshot } = entities
    if (snapshot.status !== 'BackedUp' && snapshot.status !== 'Error') {
      throw volumeFailure(
        'snapshot.state',
        `Snapshot ${snapshot.name} is ${snapshot.status}: it is deleted when that has ended`,
        {
          seen: snapshot.status,
          entities: [{ uuid: snapshot.uuid, description: 'snapshot' }],
        },
      )
    }
    await moveSnapshot(tx, ctx, snapshot, 'DestroyRequested', { cause: 'snapshot.delete' })
    return {
      workflow: snapshotDeleteWorkflow,
      lockKey: `snapshot:${snapshot.id}`,
      instance: { type: 'Snapshot', id: snapshot.id, uuid: snapshot.uuid },
      input: { snapshotId: snapshot.id },
    }
  },
  result: async () => undefined,
  eventText: ({ entities }) => `deleting snapshot: ${entities.id.uuid}`,
})
