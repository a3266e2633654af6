import { listAffinityGroups } from '@altostack/api'
import { emptyList } from '../../command/empty-list.ts'
import { defineHandler } from '../../command/handler.ts'

/** No group can exist: this version has no command that makes one. */
export const handler = defineHandler(listAffinityGroups, emptyList)
