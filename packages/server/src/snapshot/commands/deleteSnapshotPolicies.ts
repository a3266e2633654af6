import { deleteSnapshotPolicies } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { deletePolicies } from '../policy.repository.ts'

/** Snapshots that a policy has taken stay, as manual ones would. */
export const handler = defineHandler(deleteSnapshotPolicies, {
  change: async ({ tx, entities }) => {
    const policies = [...(entities.id === undefined ? [] : [entities.id]), ...(entities.ids ?? [])]
    if (policies.length === 0) throw apiFailure('api.parameter', 'id or ids is needed')
    await deletePolicies(
      tx,
      policies.map((policy) => policy.id),
    )
  },
  eventText: () => 'deleting snapshot policies',
})
