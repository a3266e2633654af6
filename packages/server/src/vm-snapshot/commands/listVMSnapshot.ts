import { listVMSnapshot } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { selectVmSnapshots } from '../vm-snapshot.repository.ts'
import { vmSnapshotViews } from '../vm-snapshot.view.ts'

export const handler = defineHandler(listVMSnapshot, {
  list: async ({ db, input, entities, page, scope }) => {
    if ((input.tags?.length ?? 0) > 0) return { count: 0, items: [] }
    const filter = {
      scope,
      id: entities.vmsnapshotid?.id,
      ids: entities.vmsnapshotids?.map((row) => row.id),
      vmId: entities.virtualmachineid?.id,
      state: input.state,
      name: input.name,
      keyword: input.keyword,
    }
    const { count, ids } = await selectVmSnapshots(db, filter, page)
    return { count, items: await vmSnapshotViews(db, ids) }
  },
})
