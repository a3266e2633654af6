import { getHostBundle } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { gatherBundle } from '../doctor/bundle.ts'

export const handler = defineHandler(getHostBundle, {
  async read({ ctx, entities, now }) {
    const host = entities.id
    return { hostid: host.uuid, hostname: host.name, created: now, file: await gatherBundle(ctx, host) }
  },
})
