import { extractSnapshot } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { imageOf } from '../../snapshot/snapshot-image.ts'
import { makeLink, requireExtraction } from '../make-link.ts'

export const handler = defineHandler(extractSnapshot, {
  eventText: ({ entities }) => `extracting snapshot ${entities.id.name}`,
  async change({ tx, ctx, caller, entities }) {
    const { id: snapshot, zoneid: zone } = entities
    await requireExtraction(ctx, tx, caller)
    if (snapshot.data_center_id !== zone.id) {
      throw apiFailure('api.parameter', `Snapshot ${snapshot.name} is not in zone ${zone.name}`)
    }
    const image = await imageOf(tx, snapshot.id)
    const target = {
      type: 'Snapshot' as const,
      id: snapshot.id,
      uuid: snapshot.uuid,
      name: snapshot.name,
      fileName: `${snapshot.uuid}.qcow2`,
      sizeBytes: image.sizeBytes,
      sha256: image.sha256,
    }
    return await makeLink(tx, ctx, target, { accountId: caller.accountId, zone })
  },
})
