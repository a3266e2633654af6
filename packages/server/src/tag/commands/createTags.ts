import { createTags } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { setTags } from '../set-tags.ts'
import { tagPairs } from '../tag.repository.ts'
import { requireTagged, requireTagKind } from '../tag-kinds.ts'

export const handler = defineHandler(createTags, {
  async change({ tx, ctx, caller, input }) {
    const kind = requireTagKind(input.resourcetype)
    for (const uuid of new Set(input.resourceids)) {
      const object = await requireTagged(tx, caller, kind, uuid)
      await setTags(tx, ctx, kind, object, tagPairs(input.tags) ?? [], input.customer)
    }
  },
  eventText: ({ input }) => `creating tags for ${input.resourcetype} ${input.resourceids.join(', ')}`,
})
