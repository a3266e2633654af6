import { deleteTags } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { deleteTagRows, tagsOf } from '../tag.repository.ts'
import { requireTagged, requireTagKind } from '../tag-kinds.ts'

export const handler = defineHandler(deleteTags, {
  async change({ tx, caller, input }) {
    const kind = requireTagKind(input.resourcetype)
    const uuids: string[] = []
    for (const uuid of new Set(input.resourceids)) uuids.push((await requireTagged(tx, caller, kind, uuid)).uuid)
    const { tags } = input
    const found = (await tagsOf(tx, uuids)).filter(
      (tag) =>
        tags === undefined ||
        tags.some((one) => one.key === tag.key && (one.value === undefined || one.value === tag.value)),
    )
    if (found.length === 0) {
      throw apiFailure('api.parameter', 'Unable to find any tags which conform to specified delete parameters', {
        fix: 'listTags shows those that are there.',
      })
    }
    await deleteTagRows(
      tx,
      found.map((tag) => tag.id),
    )
  },
  eventText: ({ input }) => `deleting tags of ${input.resourcetype} ${input.resourceids.join(', ')}`,
})
