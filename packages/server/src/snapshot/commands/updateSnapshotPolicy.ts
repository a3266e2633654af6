import { updateSnapshotPolicy } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { updatePolicy } from '../policy.repository.ts'
import { policyViews } from '../policy.view.ts'

export const handler = defineHandler(updateSnapshotPolicy, {
  change: async ({ tx, caller, input, entities }) => {
    const { id: policy } = entities
    if (!isRootAdmin(caller)) throw apiFailure('api.permission', 'Only root administrators change who sees a policy')
    if (input.fordisplay !== undefined) {
      await updatePolicy(tx, policy.id, { display: input.fordisplay ? 1 : 0 })
    }
    if (input.customid !== undefined) {
      const uuid = input.customid.toLowerCase()
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) {
        throw apiFailure('api.parameter', `customid is not a UUID: ${input.customid}`)
      }
      try {
        await updatePolicy(tx, policy.id, { uuid })
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw apiFailure('api.parameter', `customid ${input.customid} is in use`, { cause: error })
      }
    }
    return (await policyViews(tx, [policy.id]))[0] ?? {}
  },
  eventText: ({ entities }) => `updating snapshot policy: ${entities.id.uuid}`,
})
