import { listConsoleSessions } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { widestScope } from '../../stats/index.ts'
import { listConsoleSessionRows } from '../console-session-list.repository.ts'

export const handler = defineHandler(listConsoleSessions, {
  list: async ({ db, caller, input, entities, page }) => {
    const { domainid } = entities
    const { count, rows } = await listConsoleSessionRows(
      db,
      {
        scope: widestScope(caller),
        uuid: input.id,
        domain: domainid && { id: domainid.id, path: domainid.path, recursive: input.isrecursive === true },
        accountId: entities.accountid?.id,
        userId: entities.userid?.id,
        hostId: entities.hostid?.id,
        vmId: entities.virtualmachineid?.id,
        from: input.startdate,
        to: input.enddate,
        creatorAddress: input.consoleendpointcreatoraddress,
        clientAddress: input.clientaddress,
        active: input.activeonly,
        acquired: input.acquired,
        keyword: input.keyword,
      },
      page,
    )
    const items = rows.map((row) => ({
      id: row.uuid,
      created: row.created,
      domain: row.domain_name,
      domainpath: row.domain_path === null ? null : `ROOT${row.domain_path.replace(/\/$/, '')}`,
      domainid: row.domain_uuid,
      account: row.account_name,
      accountid: row.account_uuid,
      user: row.username,
      userid: row.user_uuid,
      virtualmachineid: row.vm_uuid,
      virtualmachinename: row.vm_name,
      hostid: row.host_uuid,
      hostname: row.host_name,
      acquired: row.acquired,
      removed: row.removed,
      consoleendpointcreatoraddress: row.creator_address,
      clientaddress: row.client_address,
      kind: row.kind,
      ended: row.ended,
    }))
    return { count, items }
  },
})
