import { deleteZone } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { updateZoneRow, zoneContents } from '../zone.repository.ts'

export const handler = defineHandler(deleteZone, {
  eventText: ({ entities }) => `deleting zone ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const contents = await zoneContents(tx, entities.id.id)
    if (contents.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Zone ${entities.id.name} cannot be deleted: it still has ${contents.join(', ')}`,
        { entities: [{ uuid: entities.id.uuid, description: 'zone' }] },
      )
    }
    await updateZoneRow(tx, entities.id.id, { removed: now })
  },
})
