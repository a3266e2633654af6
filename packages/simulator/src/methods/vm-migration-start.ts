import { mutatingMethod } from '../host-method.ts'
import { awaitSource, migrateAway, sourceFailure, sourceState } from '../migration.ts'

export const vmMigrationStart = mutatingMethod('vm.migration.start', {
  run: migrateAway,
  probe(context, params) {
    const state = sourceState(context, params.vm)
    if (state === 'migrating') return { effect: 'running', resume: (job) => awaitSource(context, params, job) }
    // Running here without a job: it never began, or it failed. Either way a repeat may try.
    if (state === 'running') return { effect: 'absent' }
    return { effect: 'failed', error: sourceFailure(state, 'the agent was restarted during the migration') }
  },
})
