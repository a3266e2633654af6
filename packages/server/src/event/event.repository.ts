import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Queries } from '../db/database.ts'

export type EventFilter = {
  readonly uuid?: string | undefined
  readonly type?: string | undefined
  readonly level?: string | undefined
  readonly state?: string | undefined
  readonly keyword?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly startUuid?: string | undefined
  readonly resourceUuid?: string | undefined
  readonly resourceType?: string | undefined
  readonly archived: boolean
  /** Beginnings before `before` that had no end for `forMs`. */
  readonly unfinished?: { readonly before: number; readonly forMs: number } | undefined
}

const owner = { account: 'event.account_id', domain: 'event.domain_id' }

function filtered(db: Queries, scope: OwnershipScope, filter: EventFilter) {
  let query = db
    .selectFrom('event')
    .where(inScope(scope, owner))
    .where('event.display', '=', 1)
    .where('event.archived', '=', filter.archived ? 1 : 0)
  const exact = [
    ['event.uuid', filter.uuid],
    ['event.type', filter.type],
    ['event.level', filter.level?.toUpperCase()],
    ['event.state', filter.state],
    ['event.resource_uuid', filter.resourceUuid],
    ['event.resource_type', filter.resourceType],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.from !== undefined) query = query.where('event.created', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('event.created', '<=', filter.to)
  if (filter.startUuid !== undefined) {
    const first = filter.startUuid
    query = query.where((e) =>
      e.or([
        e('event.uuid', '=', first),
        e('event.start_id', 'in', e.selectFrom('event as first').select('first.id').where('first.uuid', '=', first)),
      ]),
    )
  }
  if (filter.unfinished) {
    const { before, forMs } = filter.unfinished
    query = query
      .where('event.start_id', '=', 0)
      .where('event.state', '!=', 'Completed')
      .where('event.created', '<=', before)
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('event as ended')
              .select('ended.id')
              .whereRef('ended.start_id', '=', 'event.id')
              .where('ended.state', '=', 'Completed')
              .where((inner) => inner(inner('ended.created', '-', inner.ref('event.created')), '<', forMs)),
          ),
        ),
      )
  }
  if (filter.keyword !== undefined) {
    const pattern = `%${filter.keyword}%`
    query = query.where((e) =>
      e.or([
        e('event.type', 'like', pattern),
        e('event.description', 'like', pattern),
        e('event.level', 'like', pattern),
      ]),
    )
  }
  return query
}

/** Newest first, with the names that a list shows. */
export async function listEventRows(
  db: Queries,
  scope: OwnershipScope,
  filter: EventFilter,
  page: { readonly offset: number; readonly limit: number },
) {
  const query = filtered(db, scope, filter)
  const { n } = await query.select((e) => e.fn.countAll().as('n')).executeTakeFirstOrThrow()
  const rows = await query
    .leftJoin('user', 'user.id', 'event.user_id')
    .leftJoin('account', 'account.id', 'event.account_id')
    .leftJoin('domain', 'domain.id', 'event.domain_id')
    .leftJoin('event as first', 'first.id', 'event.start_id')
    .selectAll('event')
    .select([
      'user.username',
      'account.account_name',
      'domain.uuid as domain_uuid',
      'domain.name as domain_name',
      'domain.path as domain_path',
      'first.uuid as first_uuid',
    ])
    .orderBy('event.id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute()
  return { count: Number(n), rows }
}
