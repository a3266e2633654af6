import { apiFailure } from '@altostack/core'
import { accessRules, mayActInDomain } from '../auth/access-rules.ts'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import { type Account, findAccountByName } from './account.repository.ts'
import { accountTypes } from './account.service.ts'
import { defaultLimits, unlimited } from './resource-fields.ts'
import { ownLimits, type ResourceType, resourceTypes } from './resource-use.repository.ts'

export type LimitOwner =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'domain'; readonly domain: Row<'domain'> }

/** The account of that name in the domain, the domain itself, or undefined when neither is named. Throws 431 and 531. */
export async function namedLimitOwner(
  db: Queries,
  caller: Caller,
  account: string | undefined,
  domain: Row<'domain'> | undefined,
  access: 'list' | 'operate',
): Promise<LimitOwner | undefined> {
  if (account === undefined) {
    if (domain === undefined) return undefined
    if (!mayActInDomain(caller, domain.path)) {
      throw apiFailure('api.permission', `The caller may not see the limits of domain ${domain.name}`)
    }
    return { kind: 'domain', domain }
  }
  const found = await findAccountByName(db, domain?.id ?? caller.domainId, account)
  if (found === undefined) {
    throw apiFailure(
      'api.parameter',
      `Unable to find account ${account} in domain ${domain?.uuid ?? caller.domainUuid}`,
      {
        fix: 'Give domainid together with account.',
      },
    )
  }
  if (!(await accessRules.Account.may(db, caller, found, access))) {
    throw apiFailure('api.permission', `The caller may not ${access} the limits of account ${account}`)
  }
  return { kind: 'account', account: found }
}

/** Limits as they hold for the owner, -1 where there is none: its own, else those of the settings. */
export async function limitsOf(
  db: Queries,
  ctx: ServerContext,
  owner: LimitOwner,
): Promise<ReadonlyMap<ResourceType, number>> {
  const defaults = await defaultLimits(ctx, owner.kind, db)
  const own = (
    owner.kind === 'account'
      ? await ownLimits(db, 'account_id', [owner.account.id])
      : await ownLimits(db, 'domain_id', [owner.domain.id])
  ).get(owner.kind === 'account' ? owner.account.id : owner.domain.id)
  const free = isUnlimited(owner)
  return new Map(
    resourceTypes.map((type) => [type, free ? unlimited : (own?.get(type) ?? defaults.get(type) ?? unlimited)]),
  )
}

/** Accounts of root administrators and the domain ROOT have no limits. */
export function isUnlimited(owner: LimitOwner): boolean {
  return owner.kind === 'account' ? owner.account.type === accountTypes.Admin : owner.domain.path === '/'
}
