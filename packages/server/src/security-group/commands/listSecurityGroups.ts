import { listSecurityGroups } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** No group can exist: this version has no command that makes one. */
export const handler = defineHandler(listSecurityGroups, {
  list: async () => ({ count: 0, items: [] }),
})
