import { listEvents } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { shownDomainPath } from '../../inventory/domain-names.ts'
import { listEventRows } from '../event.repository.ts'
import { resourceNames } from '../resource-names.ts'

export const handler = defineHandler(listEvents, {
  list: async ({ db, input, scope, page, now }) => {
    const { entrytime, duration } = input
    if ((entrytime === undefined) !== (duration === undefined)) {
      throw apiFailure('api.parameter', 'entrytime and duration must be given together')
    }
    const unfinished =
      entrytime === undefined || duration === undefined
        ? undefined
        : { before: now - entrytime * 1000, forMs: duration * 1000 }
    const { count, rows } = await listEventRows(
      db,
      scope,
      {
        uuid: input.id,
        type: input.type,
        level: input.level,
        state: input.state,
        keyword: input.keyword,
        from: input.startdate,
        to: input.enddate,
        startUuid: input.startid,
        resourceUuid: input.resourceid,
        resourceType: input.resourcetype,
        archived: input.archived === true,
        unfinished,
      },
      page,
    )
    const names = await resourceNames(
      db,
      rows.map((row) => ({ type: row.resource_type, uuid: row.resource_uuid })),
    )
    return {
      count,
      items: rows.map((row) => ({
        id: row.uuid,
        username: row.username,
        type: row.type,
        level: row.level,
        description: row.description,
        account: row.account_name,
        domainid: row.domain_uuid,
        domain: row.domain_name,
        domainpath: row.domain_path === null ? null : shownDomainPath(row.domain_path),
        resourceid: row.resource_uuid,
        resourcetype: row.resource_type,
        resourcename: names.get(row.resource_uuid ?? ''),
        created: row.created,
        state: row.state,
        parentid: row.first_uuid,
        archived: row.archived === 1,
      })),
    }
  },
})
