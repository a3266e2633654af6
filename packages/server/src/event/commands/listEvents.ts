import { listEvents } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { listEventRows } from '../event.repository.ts'

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
        archived: false,
        unfinished,
      },
      page,
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
        domainpath: row.domain_path,
        resourceid: row.resource_uuid,
        resourcetype: row.resource_type,
        created: row.created,
        state: row.state,
        parentid: row.first_uuid,
        archived: row.archived === 1,
      })),
    }
  },
})
