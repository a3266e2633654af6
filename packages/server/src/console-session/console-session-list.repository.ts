import { applyScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import { belowPath } from '../db/below-path.ts'
import type { Queries } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'

export type ConsoleSessionFilter = {
  readonly scope: OwnershipScope
  readonly uuid?: string | undefined
  readonly domain?: { readonly id: number; readonly path: string; readonly recursive: boolean } | undefined
  readonly accountId?: number | undefined
  readonly userId?: number | undefined
  readonly hostId?: number | undefined
  readonly vmId?: number | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly creatorAddress?: string | undefined
  readonly clientAddress?: string | undefined
  readonly active?: boolean | undefined
  readonly acquired?: boolean | undefined
  readonly keyword?: string | undefined
}

function filtered(db: Queries, filter: ConsoleSessionFilter) {
  const all = db.selectFrom('console_session as s').leftJoin('vm_instance as vm', 'vm.id', 's.instance_id')
  let query = applyScope(all, filter.scope, { account: 's.account_id', domain: 's.domain_id' })
  const exact = [
    ['s.uuid', filter.uuid],
    ['s.account_id', filter.accountId],
    ['s.user_id', filter.userId],
    ['s.host_id', filter.hostId],
    ['s.instance_id', filter.vmId],
    ['s.creator_address', filter.creatorAddress],
    ['s.client_address', filter.clientAddress],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  const { domain } = filter
  if (domain !== undefined) {
    query = query.where((eb) =>
      domain.recursive
        ? eb(
            's.domain_id',
            'in',
            eb.selectFrom('domain').select('domain.id').where(belowPath('domain.path', domain.path)),
          )
        : eb('s.domain_id', '=', domain.id),
    )
  }
  if (filter.from !== undefined) query = query.where('s.created', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('s.created', '<=', filter.to)
  if (filter.acquired !== undefined) query = query.where('s.acquired', filter.acquired ? 'is not' : 'is', null)
  if (filter.active === true) query = query.where('s.acquired', 'is not', null).where('s.removed', 'is', null)
  if (filter.keyword !== undefined) query = query.where('vm.name', 'like', keywordPattern(filter.keyword))
  return query
}

/** A page of sessions with the names of what they are about, the newest first. */
export async function listConsoleSessionRows(db: Queries, filter: ConsoleSessionFilter, page: Page) {
  const total = await filtered(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await filtered(db, filter)
    .leftJoin('domain', 'domain.id', 's.domain_id')
    .leftJoin('account', 'account.id', 's.account_id')
    .leftJoin('user', 'user.id', 's.user_id')
    .leftJoin('host', 'host.id', 's.host_id')
    .select(['s.uuid', 's.created', 's.acquired', 's.removed', 's.ended', 's.kind'])
    .select(['s.creator_address', 's.client_address'])
    .select(['domain.uuid as domain_uuid', 'domain.name as domain_name', 'domain.path as domain_path'])
    .select(['account.uuid as account_uuid', 'account.account_name', 'user.uuid as user_uuid', 'user.username'])
    .select(['vm.uuid as vm_uuid', 'vm.name as vm_name', 'host.uuid as host_uuid', 'host.name as host_name'])
    .orderBy('s.id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return { count: Number(total.total), rows }
}
