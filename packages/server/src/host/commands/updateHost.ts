import { updateHost } from '@altostack/api'
import { apiFailure, hostFailure, hostResourceStates } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findHost, saveHostDetails, saveHostTags, updateHostColumns } from '../host.repository.ts'
import { moveHostResourceState } from '../host.states.ts'
import { annotationDetail, hostViews } from '../host.view.ts'

export const handler = defineHandler(updateHost, {
  eventText: ({ entities }) => `updating host ${entities.id.name}`,
  async change({ tx, ctx, input, entities }) {
    const row = entities.id
    if (input.allocationstate !== undefined) {
      const event = input.allocationstate.toLowerCase() === 'enable' ? 'Enable' : 'Disable'
      if (!hostResourceStates.can(row.resource_state, event)) {
        throw hostFailure('host.state', `Host ${row.name} is ${row.resource_state}: it cannot be ${event}d now`, {
          seen: `resource state ${row.resource_state}`,
        })
      }
      // Asking for what is so already is no change.
      if (hostResourceStates.next(row.resource_state as never, event) !== row.resource_state) {
        await moveHostResourceState(tx, ctx, row, event, { cause: 'host.update' })
      }
    }
    if (input.name !== undefined) {
      if (input.name.trim() === '') throw apiFailure('api.parameter', 'A host needs a name')
      await updateHostColumns(tx, row.id, { name: input.name.trim() })
    }
    if (input.hosttags !== undefined) await saveHostTags(tx, row.id, input.hosttags)
    if (input.annotation !== undefined) {
      await saveHostDetails(tx, row.id, { [annotationDetail]: input.annotation === '' ? null : input.annotation })
    }
    const host = await findHost(tx, row.id)
    return (await hostViews(tx, ctx, host === undefined ? [] : [host]))[0] ?? {}
  },
})
