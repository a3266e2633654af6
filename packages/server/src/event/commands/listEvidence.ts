import { listEvidence } from '@altostack/api'
import { inScope } from '../../auth/ownership.ts'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { resourceNames } from '../resource-names.ts'

export const handler = defineHandler(listEvidence, {
  list: async ({ db, caller, input, page }) => {
    let query = db.selectFrom('change_feed')
    if (!isRootAdmin(caller)) {
      const scope =
        caller.roleType === 'User'
          ? ({ kind: 'account', accountId: caller.accountId } as const)
          : ({ kind: 'domain', domainId: caller.domainId, path: caller.domainPath, recursive: true } as const)
      query = query.where(inScope(scope, { account: 'change_feed.account_id', domain: 'change_feed.domain_id' }))
    }
    if (input.resourceid !== undefined) query = query.where('entity_uuid', '=', input.resourceid)
    if (input.resourcetype !== undefined) query = query.where('entity', '=', input.resourcetype)
    if (input.startdate !== undefined) query = query.where('at', '>=', input.startdate)
    if (input.enddate !== undefined) query = query.where('at', '<=', input.enddate)
    if (input.after !== undefined) query = query.where('id', '>', input.after)
    if (input.keyword !== undefined) query = query.where('cause', 'like', `%${input.keyword}%`)
    const { n } = await query.select((e) => e.fn.countAll().as('n')).executeTakeFirstOrThrow()
    const rows = await query.selectAll().orderBy('id', 'desc').offset(page.offset).limit(page.limit).execute()
    const names = await resourceNames(
      db,
      rows.map((row) => ({ type: row.entity, uuid: row.entity_uuid })),
    )
    return {
      count: Number(n),
      items: rows.map((row) => {
        // Evidence may name hosts and storage.
        const evidence =
          row.evidence && isRootAdmin(caller) ? (JSON.parse(row.evidence) as Record<string, unknown>) : undefined
        return {
          id: row.id,
          time: row.at,
          resourcetype: row.entity,
          resourceid: row.entity_uuid,
          resourcename: names.get(row.entity_uuid),
          from: row.from_state,
          event: row.event,
          to: row.to_state,
          cause: row.cause,
          fix: typeof evidence?.fix === 'string' ? evidence.fix : undefined,
          evidence,
        }
      }),
    }
  },
})
