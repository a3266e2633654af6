import { listEvidence } from '@altostack/api'
import { type Caller, isRootAdmin } from '../../command/caller.ts'
import { defineHandler, type OwnershipScope } from '../../command/handler.ts'
import { listEvidenceRows } from '../evidence.repository.ts'
import { resourceNames } from '../resource-names.ts'

export const handler = defineHandler(listEvidence, {
  list: async ({ db, caller, input, page }) => {
    const { count, rows } = await listEvidenceRows(
      db,
      {
        scope: isRootAdmin(caller) ? undefined : scopeOf(caller),
        resourceUuid: input.resourceid,
        resourceType: input.resourcetype,
        from: input.startdate,
        to: input.enddate,
        after: input.after,
        keyword: input.keyword,
      },
      page,
    )
    const names = await resourceNames(
      db,
      rows.map((row) => ({ type: row.entity, uuid: row.entity_uuid })),
    )
    return {
      count,
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

function scopeOf(caller: Caller): OwnershipScope {
  return caller.roleType === 'User'
    ? { kind: 'account', accountId: caller.accountId }
    : { kind: 'domain', domainId: caller.domainId, path: caller.domainPath, recursive: true }
}
