import { listProjects } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** No project can exist: this version has no command that makes one. */
export const handler = defineHandler(listProjects, {
  list: async () => ({ count: 0, items: [] }),
})
