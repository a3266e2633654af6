import { listTags } from '@altostack/api'
import { resolveScope } from '../../auth/ownership.ts'
import { defineHandler } from '../../command/handler.ts'
import { selectTagPage } from '../tag.repository.ts'
import { tagViews } from '../tag.view.ts'
import { requireTagKind } from '../tag-kinds.ts'

export const handler = defineHandler(listTags, {
  list: async ({ db, caller, input, entities, page, scope }) => {
    // An object that is named is found wherever the caller may look, as by `id` in other lists.
    const reach =
      input.resourceid === undefined
        ? scope
        : await resolveScope(db, caller, { ...input, id: 'named' }, entities.domainid)
    const { count, rows } = await selectTagPage(
      db,
      {
        scope: reach,
        kind: input.resourcetype === undefined ? undefined : requireTagKind(input.resourcetype),
        uuid: input.resourceid,
        key: input.key,
        value: input.value,
        customer: input.customer,
        keyword: input.keyword,
      },
      page,
    )
    return { count, items: await tagViews(db, rows) }
  },
})
