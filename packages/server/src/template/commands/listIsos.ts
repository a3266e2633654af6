import { listIsos } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { refTo } from '../../image-store/index.ts'
import { templateViews } from '../template.view.ts'
import { listTemplateLines, type TemplateQuery, templateFilters } from '../template-list.ts'

export const handler = defineHandler(listIsos, {
  async list({ db, caller, scope, input, entities, page }) {
    const asked = input.isofilter ?? 'selfexecutable'
    const filter = templateFilters.find((name) => name === asked.toLowerCase())
    if (filter === undefined) throw apiFailure('api.parameter', `There is no ISO filter ${asked}`)
    const query: TemplateQuery = {
      filter,
      iso: true,
      ...(entities.id === undefined ? {} : { ids: [entities.id.id] }),
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
      ...(input.arch === undefined ? {} : { arch: input.arch }),
      ...(input.oscategoryid === undefined ? {} : { osCategoryUuid: input.oscategoryid }),
      // False asks for no more than nothing does: clients send it with every look (Ansible's cs_iso).
      ...(input.isready === true ? { isReady: true } : {}),
      ...(input.bootable === undefined ? {} : { bootable: input.bootable }),
      ...(input.ispublic === undefined ? {} : { isPublic: input.ispublic }),
      ...(entities.storageid === undefined ? {} : { poolId: entities.storageid.id }),
      ...(entities.imagestoreid === undefined ? {} : { storeId: refTo(entities.imagestoreid) }),
      showRemoved: input.showremoved === true,
      unique: input.showunique === true,
      nothing: (input.tags ?? []).length > 0 || !suits(input.hypervisor),
    }
    const { count, lines } = await listTemplateLines(db, caller, scope, query, page)
    return { count, items: await templateViews(db, caller, lines) }
  },
})

/** An ISO is for every hypervisor that there is. */
function suits(hypervisor: string | undefined): boolean {
  return hypervisor === undefined || ['kvm', 'simulator', 'none', 'any'].includes(hypervisor.toLowerCase())
}
