import { listTags } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** No object can carry a tag: this version has no command that sets one. */
export const handler = defineHandler(listTags, {
  list: async () => ({ count: 0, items: [] }),
})
