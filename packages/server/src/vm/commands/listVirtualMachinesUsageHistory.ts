import { listVirtualMachinesUsageHistory } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { historyRange, vmHistory, widestScope } from '../../stats/index.ts'
import { namesOfVms, selectVmPage } from '../vm-list.repository.ts'

export const handler = defineHandler(listVirtualMachinesUsageHistory, {
  list: async ({ ctx, db, caller, input, entities, page, now }) => {
    const { from, to } = historyRange({ startdate: input.startdate, enddate: input.enddate }, now)
    const ids = entities.ids?.map((row) => row.id) ?? (entities.id === undefined ? undefined : [entities.id.id])
    const { count, ids: found } = await selectVmPage(
      db,
      {
        scope: widestScope(caller),
        withDestroyed: false,
        nothing: false,
        ...(ids === undefined ? {} : { ids }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    const series = await ctx.stats.history('vm', found, from, to)
    const items = (await namesOfVms(db, found)).map((vm) => ({
      id: vm.uuid,
      name: vm.name,
      displayname: vm.display_name ?? vm.name,
      stats: vmHistory(series.points.get(vm.id) ?? [], series.stepMs, vm.ram_size),
    }))
    return { count, items }
  },
})
