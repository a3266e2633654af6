import { listIpForwardingRules } from '@altostack/api'
import { emptyList } from '../../command/empty-list.ts'
import { defineHandler } from '../../command/handler.ts'

/** No rule can exist: this version has no command that makes one. */
export const handler = defineHandler(listIpForwardingRules, emptyList)
