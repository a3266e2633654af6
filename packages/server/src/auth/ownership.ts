import type { CommandDefinition } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { OwnershipScope } from '../command/handler.ts'
import { belowPath } from '../db/below-path.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { mayActForAccount, mayActInDomain } from './access-rules.ts'

type ScopeInput = {
  readonly account?: string | undefined
  readonly listall?: boolean | undefined
  readonly isrecursive?: boolean | undefined
  readonly id?: unknown
  readonly ids?: unknown
}

/**
 * What a list shows: `account` with `domainid` one account's; `domainid` a domain's, with those below it when
 * `isrecursive`; `listall` everything the caller may see; else the caller's own. Throws 431 for an unknown account,
 * 531 for somebody else's.
 */
export async function resolveScope(
  db: Queries,
  caller: Caller,
  input: ScopeInput,
  domain: Row<'domain'> | undefined,
): Promise<OwnershipScope> {
  const ownDomain: OwnershipScope = {
    kind: 'domain',
    domainId: caller.domainId,
    path: caller.domainPath,
    recursive: true,
  }
  const own: OwnershipScope = { kind: 'account', accountId: caller.accountId }
  if (input.account !== undefined && input.account !== '') return await accountScope(db, caller, input.account, domain)
  if (domain) {
    if (!mayActInDomain(caller, domain.path)) {
      if (domain.id === caller.domainId) return own
      throw apiFailure('api.permission', 'The caller may not list the objects of this domain')
    }
    return { kind: 'domain', domainId: domain.id, path: domain.path, recursive: input.isrecursive === true }
  }
  if (caller.roleType === 'User') return own
  const named = input.id !== undefined || input.ids !== undefined
  if (input.listall !== true && !named) return own
  return isRootAdmin(caller) ? { kind: 'all' } : ownDomain
}

async function accountScope(
  db: Queries,
  caller: Caller,
  name: string,
  domain: Row<'domain'> | undefined,
): Promise<OwnershipScope> {
  const row = await db
    .selectFrom('account')
    .innerJoin('domain', 'domain.id', 'account.domain_id')
    .select(['account.id', 'domain.path'])
    .where('account.account_name', '=', name)
    .where('account.domain_id', '=', domain?.id ?? caller.domainId)
    .where('account.removed', 'is', null)
    .executeTakeFirst()
  if (!row) {
    throw apiFailure('api.parameter', `Unable to find account ${name} in domain ${domain?.uuid ?? caller.domainUuid}`, {
      fix: 'Give domainid together with account.',
    })
  }
  if (!mayActForAccount(caller, { accountId: row.id, domainPath: row.path })) {
    throw apiFailure('api.permission', `The caller may not list the objects of account ${name}`)
  }
  return { kind: 'account', accountId: row.id }
}

/** Whether a command's list is filtered by owner: it declares one of the parameters that choose. */
export function isOwned(definition: CommandDefinition): boolean {
  return 'listall' in definition.params || 'account' in definition.params
}

type ScopeColumns = { readonly account: string; readonly domain: string }

/**
 * The WHERE of an ownership scope: `query.where(inScope(call.scope, { account: 'vm_instance.account_id', domain:
 * 'vm_instance.domain_id' }))`.
 */
export function inScope<TB extends keyof Database>(
  scope: OwnershipScope,
  columns: ScopeColumns,
): (builder: ExpressionBuilder<Database, TB>) => Expression<SqlBool> {
  return (builder) => {
    // biome-ignore lint/suspicious/noExplicitAny: the columns are the caller's, of whatever tables it joins
    const e = builder as ExpressionBuilder<any, any>
    switch (scope.kind) {
      case 'all':
        return e.lit(true) as unknown as Expression<SqlBool>
      case 'account':
        return e(columns.account, '=', scope.accountId)
      case 'domain':
        return scope.recursive
          ? e(
              columns.domain,
              'in',
              e.selectFrom('domain').select('domain.id').where(belowPath('domain.path', scope.path)),
            )
          : e(columns.domain, '=', scope.domainId)
    }
  }
}

/** The same as a call: `applyScope(query, scope, columns)`. */
export function applyScope<Q extends { where: (expression: never) => Q }>(
  query: Q,
  scope: OwnershipScope,
  columns: ScopeColumns,
): Q {
  return scope.kind === 'all' ? query : query.where(inScope(scope, columns) as never)
}
