import { listNetworkACLs } from '@altostack/api'
import { emptyList } from '../../command/empty-list.ts'
import { defineHandler } from '../../command/handler.ts'

/** None can exist: this version has no command that makes a VPC. */
export const handler = defineHandler(listNetworkACLs, emptyList)
