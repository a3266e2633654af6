import type { RoleType } from '@altostack/api'
import type { Caller } from '../command/caller.ts'
import type { Queries } from '../db/database.ts'

export type CallerRow = Omit<Caller, 'via' | 'remoteAddress'> & {
  readonly enabled: boolean
  /** False where the user, or else its account, may not use API keys. */
  readonly keysAccepted: boolean
  /** Ciphertext. */
  readonly secretKey: string | null
}

/** The user with its account, domain and role; undefined when one of them is removed. */
export async function loadCaller(
  db: Queries,
  by: { readonly userId: number } | { readonly apiKey: string },
): Promise<CallerRow | undefined> {
  const row = await db
    .selectFrom('user')
    .innerJoin('account', 'account.id', 'user.account_id')
    .innerJoin('domain', 'domain.id', 'account.domain_id')
    .innerJoin('roles', 'roles.id', 'account.role_id')
    .select([
      'user.id as userId',
      'user.uuid as userUuid',
      'user.username',
      'user.state as userState',
      'user.secret_key as secretKey',
      'user.api_key_access as userKeyAccess',
      'account.api_key_access as accountKeyAccess',
      'account.id as accountId',
      'account.uuid as accountUuid',
      'account.account_name as accountName',
      'account.state as accountState',
      'domain.id as domainId',
      'domain.uuid as domainUuid',
      'domain.path as domainPath',
      'roles.id as roleId',
      'roles.role_type as roleType',
    ])
    .where('user.removed', 'is', null)
    .where('account.removed', 'is', null)
    .where('domain.removed', 'is', null)
    .$if('userId' in by, (query) => query.where('user.id', '=', (by as { userId: number }).userId))
    .$if('apiKey' in by, (query) => query.where('user.api_key', '=', (by as { apiKey: string }).apiKey))
    .executeTakeFirst()
  if (!row) return undefined
  const { userState, accountState, roleType, userKeyAccess, accountKeyAccess, ...rest } = row
  const keyAccess = userKeyAccess === 'Inherit' ? accountKeyAccess : userKeyAccess
  return {
    ...rest,
    roleType: roleType as RoleType,
    enabled: userState === 'enabled' && accountState === 'enabled',
    keysAccepted: keyAccess !== 'Disabled',
  }
}

export const systemUserId = 1
export const systemAccountId = 1

/** The system user: the integration port and work that nobody asked for. */
export async function systemCaller(db: Queries, via: 'integration' | 'system', remoteAddress: string): Promise<Caller> {
  const row = await loadCaller(db, { userId: systemUserId })
  if (!row) throw new Error('the system user is missing')
  const { enabled: _, secretKey: __, keysAccepted: ___, ...caller } = row
  return { ...caller, via, remoteAddress }
}
