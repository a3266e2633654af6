import { cancelHostMaintenance } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { runOfHost } from '../evacuation.repository.ts'
import { findHost } from '../host.repository.ts'
import { moveHostResourceState } from '../host.states.ts'
import { hostViews } from '../host.view.ts'
import { hostMaintenanceWorkflow } from '../workflows/host-maintenance.ts'

const states = ['PrepareForMaintenance', 'ErrorInPrepareForMaintenance', 'ErrorInMaintenance', 'Maintenance']

/** Migrations that are under way end as they end; no further one begins. */
export const handler = defineHandler(cancelHostMaintenance, {
  eventText: ({ entities }) => `canceling maintenance for host ${entities.id.name}`,
  async change({ tx, ctx, entities }) {
    const host = entities.id
    if (!states.includes(host.resource_state)) {
      throw hostFailure('host.state', `Host ${host.name} is not in maintenance`, {
        seen: `resource state ${host.resource_state}`,
        fix: 'Nothing needs to be cancelled.',
      })
    }
    const run = await runOfHost(tx, host.id)
    if (run !== undefined && run.name === hostMaintenanceWorkflow.name) {
      await ctx.engine.cancel(tx, run.id)
      ctx.afterCommit(() => ctx.engine.wake(run.id))
    }
    await moveHostResourceState(tx, ctx, host, 'AdminCancelMaintenance', { cause: 'host.maintenance.cancel' })
    const after = await findHost(tx, host.id)
    return (await hostViews(tx, ctx, after === undefined ? [] : [after]))[0] ?? {}
  },
})
