import { listPortForwardingRules } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** No rule can exist: this version has no command that makes one. */
export const handler = defineHandler(listPortForwardingRules, {
  list: async () => ({ count: 0, items: [] }),
})
