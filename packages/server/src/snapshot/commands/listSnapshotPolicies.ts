import { listSnapshotPolicies } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { selectPolicies } from '../policy.repository.ts'
import { policyViews } from '../policy.view.ts'

export const handler = defineHandler(listSnapshotPolicies, {
  list: async ({ db, caller, input, entities, page, scope }) => {
    const filter = {
      scope,
      id: entities.id?.id,
      volumeId: entities.volumeid?.id,
      display: isRootAdmin(caller) ? input.fordisplay : true,
      keyword: input.keyword,
    }
    const { count, ids } = await selectPolicies(db, filter, page)
    return { count, items: await policyViews(db, ids) }
  },
})
