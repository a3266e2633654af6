import { listOsTypes } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listOsTypeRows, osCategories } from '../os-type.repository.ts'

export const handler = defineHandler(listOsTypes, {
  async list({ db, input, entities, page }) {
    // Every type is shown to everybody.
    if (input.fordisplay === false) return { count: 0, items: [] }
    const ids = input.id === undefined ? entities.ids?.map((type) => type.id) : [entities.id?.id ?? -1]
    const { count, rows } = await listOsTypeRows(
      db,
      {
        ...(ids === undefined ? {} : { ids }),
        ...(input.oscategoryid === undefined ? {} : { categoryUuid: input.oscategoryid }),
        ...(input.description === undefined ? {} : { description: input.description }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    const categories = await osCategories(db)
    return {
      count,
      items: rows.map((type) => ({
        id: type.uuid,
        oscategoryid: categories.get(type.category_id)?.uuid,
        oscategoryname: categories.get(type.category_id)?.name,
        name: type.name,
        description: type.display_name,
        isuserdefined: type.is_user_defined === 1,
        fordisplay: true,
      })),
    }
  },
})
