import { reconnectHost } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findHost } from '../host.repository.ts'
import { hostViews } from '../host.view.ts'
import { hostReconnectWorkflow } from '../workflows/host-reconnect.ts'

export const handler = defineHandler(reconnectHost, {
  eventText: ({ entities }) => `reconnecting host ${entities.id.name}`,
  async submit({ ctx, entities }) {
    const host = entities.id
    if (!ctx.agents.isConnected(host.id)) {
      throw hostFailure('host.not-connected', `The agent of host ${host.name} is not connected`, {
        seen: `status ${host.status}`,
      })
    }
    return {
      workflow: hostReconnectWorkflow,
      input: { hostId: host.id },
      lockKey: `host:${host.id}`,
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  async result({ db, ctx, entities }) {
    const host = await findHost(db, entities.id.id)
    return (await hostViews(db, ctx, host === undefined ? [] : [host]))[0] ?? {}
  },
})
