import { listVMSnapshot } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { tagPairs } from '../../tag/index.ts'
import { selectVmSnapshots } from '../vm-snapshot.repository.ts'
import { vmSnapshotViews } from '../vm-snapshot.view.ts'

export const handler = defineHandler(listVMSnapshot, {
  list: async ({ db, input, entities, page, scope }) => {
    const filter = {
      scope,
      id: entities.vmsnapshotid?.id,
      ids: entities.vmsnapshotids?.map((row) => row.id),
      vmId: entities.virtualmachineid?.id,
      state: input.state,
      name: input.name,
      keyword: input.keyword,
      tags: tagPairs(input.tags),
    }
    const { count, ids } = await selectVmSnapshots(db, filter, page)
    return { count, items: await vmSnapshotViews(db, ids) }
  },
})
