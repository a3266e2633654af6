import { listPublicIpAddresses } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** Clients ask at every start; there are no public addresses before Isolated networks exist. */
export const handler = defineHandler(listPublicIpAddresses, {
  list: async () => ({ count: 0, items: [] }),
})
