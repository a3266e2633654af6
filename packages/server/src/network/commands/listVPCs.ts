import { listVPCs } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** None can exist: this version has no command that makes a VPC. */
export const handler = defineHandler(listVPCs, {
  list: async () => ({ count: 0, items: [] }),
})
