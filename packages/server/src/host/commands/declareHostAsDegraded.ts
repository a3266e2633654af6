import { declareHostAsDegraded } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findHost } from '../host.repository.ts'
import { moveHostResourceState } from '../host.states.ts'
import { hostViews } from '../host.view.ts'

/** A host that answers is not degraded: its guests can be moved. */
const silent = ['Alert', 'Disconnected', 'Down']

export const handler = defineHandler(declareHostAsDegraded, {
  eventText: ({ entities }) => `declaring host ${entities.id.name} as degraded`,
  async change({ tx, ctx, entities }) {
    const host = entities.id
    if (!silent.includes(host.status) || host.resource_state === 'Degraded') {
      throw hostFailure('host.state', `Host ${host.name} cannot be declared degraded`, {
        seen: `status ${host.status}, resource state ${host.resource_state}`,
        fix: 'Only a host in Alert, Disconnected or Down can; for one that is Up use prepareHostForMaintenance.',
      })
    }
    await moveHostResourceState(tx, ctx, host, 'DeclareHostDegraded', { cause: 'host.degraded' })
    const after = await findHost(tx, host.id)
    return (await hostViews(tx, ctx, after === undefined ? [] : [after]))[0] ?? {}
  },
})
