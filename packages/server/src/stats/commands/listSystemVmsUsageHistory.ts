import { listSystemVmsUsageHistory } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** There are no system virtual machines. */
export const handler = defineHandler(listSystemVmsUsageHistory, { list: async () => ({ count: 0, items: [] }) })
