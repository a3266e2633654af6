import { listTemplates } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { refTo } from '../../image-store/index.ts'
import { tagPairs } from '../../tag/index.ts'
import { templateViews } from '../template.view.ts'
import { listTemplateLines, type TemplateQuery, templateFilters } from '../template-list.ts'

export const handler = defineHandler(listTemplates, {
  async list({ db, caller, scope, input, entities, page }) {
    const filter = templateFilters.find((name) => name === input.templatefilter.toLowerCase())
    if (filter === undefined) throw apiFailure('api.parameter', `There is no template filter ${input.templatefilter}`)
    if (input.id !== undefined && input.ids !== undefined) {
      throw apiFailure('api.parameter', 'id and ids cannot be given together')
    }
    const ids = entities.id === undefined ? entities.ids?.map((one) => one.id) : [entities.id.id]
    const tags = tagPairs(input.tags)
    const query: TemplateQuery = {
      filter,
      iso: false,
      ...(ids === undefined ? {} : { ids }),
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
      ...(input.hypervisor === undefined ? {} : { hypervisor: input.hypervisor }),
      ...(input.arch === undefined ? {} : { arch: input.arch }),
      ...(input.templatetype === undefined ? {} : { templateType: input.templatetype }),
      ...(input.oscategoryid === undefined ? {} : { osCategoryUuid: input.oscategoryid }),
      ...(input.isready === undefined ? {} : { isReady: input.isready }),
      ...(entities.storageid === undefined ? {} : { poolId: entities.storageid.id }),
      ...(entities.imagestoreid === undefined ? {} : { storeId: refTo(entities.imagestoreid) }),
      showRemoved: input.showremoved === true,
      unique: input.showunique === true,
      ...(tags === undefined ? {} : { tags }),
      nothing: input.parenttemplateid !== undefined,
    }
    const { count, lines } = await listTemplateLines(db, caller, scope, query, page)
    const detailed = input.details === undefined || !input.details.includes('min')
    return { count, items: await templateViews(db, caller, lines, detailed) }
  },
})
