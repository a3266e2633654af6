import { listInfrastructure } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { infrastructureCounts } from '../infrastructure.repository.ts'

export const handler = defineHandler(listInfrastructure, {
  read: async ({ db }) => ({
    ...(await infrastructureCounts(db)),
    backuprepositories: 0,
    objectstores: 0,
    systemvms: 0,
    routers: 0,
    ilbvms: 0,
  }),
})
