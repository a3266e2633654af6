import { listPublicIpAddresses } from '@altostack/api'
import { emptyList } from '../../command/empty-list.ts'
import { defineHandler } from '../../command/handler.ts'

/** Clients ask at every start; there are no public addresses before Isolated networks exist. */
export const handler = defineHandler(listPublicIpAddresses, emptyList)
