import { deletePod } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { podContents, updatePodRow } from '../pod.repository.ts'

export const handler = defineHandler(deletePod, {
  eventText: ({ entities }) => `deleting pod ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const contents = await podContents(tx, entities.id.id)
    if (contents.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Pod ${entities.id.name} cannot be deleted: it still has ${contents.join(', ')}`,
        { entities: [{ uuid: entities.id.uuid, description: 'pod' }] },
      )
    }
    await updatePodRow(tx, entities.id.id, { removed: now })
  },
})
