import { cancelHostAsDegraded } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findHost } from '../host.repository.ts'
import { moveHostResourceState } from '../host.states.ts'
import { hostViews } from '../host.view.ts'

export const handler = defineHandler(cancelHostAsDegraded, {
  eventText: ({ entities }) => `canceling degraded status of host ${entities.id.name}`,
  async change({ tx, ctx, entities }) {
    const host = entities.id
    if (host.resource_state !== 'Degraded') {
      throw hostFailure('host.state', `Host ${host.name} is not degraded`, {
        seen: `resource state ${host.resource_state}`,
        fix: 'Nothing needs to be cancelled.',
      })
    }
    await moveHostResourceState(tx, ctx, host, 'EnableDegradedHost', { cause: 'host.degraded.cancel' })
    const after = await findHost(tx, host.id)
    return (await hostViews(tx, ctx, after === undefined ? [] : [after]))[0] ?? {}
  },
})
