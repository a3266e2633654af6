import { type AltoError, apiFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { recordEvent } from '../event/record-event.ts'
import { verifyPassword } from './password.ts'

export type Credentials = {
  readonly username: string
  readonly password: string
  /** Path of the domain with or without slashes; ROOT when neither it nor the id is given. */
  readonly domain?: string | undefined
  readonly domainId?: string | undefined
}
export type LoggedIn = { readonly user: Row<'user'>; readonly account: Row<'account'>; readonly domain: Row<'domain'> }

function refused(username: string, seen: string): AltoError {
  return apiFailure('api.login', `Failed to authenticate user ${username}; please provide valid credentials`, { seen })
}

/**
 * Checks name and password. Wrong passwords are counted; after incorrect.login.attempts.allowed of them the user is
 * disabled, until an administrator enables it. Throws 531, which tells no more than that it was refused.
 */
export async function logIn(ctx: ServerContext, credentials: Credentials, remoteAddress: string): Promise<LoggedIn> {
  const { username, password } = credentials
  const domain = await findDomain(ctx, credentials)
  const found = domain ? await findUser(ctx, username, domain.id) : undefined
  const right = await verifyPassword(password, found?.user.password ?? null)
  if (!found || !domain) throw refused(username, 'unknown user or domain')
  const { user, account } = found
  if (user.state !== 'enabled' || account.state !== 'enabled')
    throw refused(username, 'the user or its account is disabled or locked')
  if (!right) {
    await countWrongPassword(ctx, user)
    throw refused(username, 'wrong password')
  }
  await transact(ctx, async (tx) => {
    if (user.incorrect_login_attempts !== 0) {
      await tx.updateTable('user').set({ incorrect_login_attempts: 0 }).where('id', '=', user.id).execute()
    }
    await recordEvent(tx, ctx, {
      type: 'USER.LOGIN',
      description: `user has logged in from IP Address ${remoteAddress}`,
      userId: user.id,
      accountId: account.id,
      domainId: account.domain_id,
      resource: { type: 'User', id: user.id, uuid: user.uuid },
    })
  })
  return { user, account, domain }
}

async function findDomain(ctx: ServerContext, { domain, domainId }: Credentials): Promise<Row<'domain'> | undefined> {
  const query = ctx.db.selectFrom('domain').selectAll().where('removed', 'is', null)
  if (domainId) {
    return await (/^\d+$/.test(domainId)
      ? query.where('id', '=', Number(domainId))
      : query.where('uuid', '=', domainId)
    ).executeTakeFirst()
  }
  const inner = (domain ?? '').replace(/^\/+|\/+$/g, '')
  return await query
    .where('path', '=', inner === '' || inner.toUpperCase() === 'ROOT' ? '/' : `/${inner.replace(/^ROOT\//i, '')}/`)
    .executeTakeFirst()
}

async function findUser(
  ctx: ServerContext,
  username: string,
  domainId: number,
): Promise<Omit<LoggedIn, 'domain'> | undefined> {
  const users = await ctx.db
    .selectFrom('user')
    .innerJoin('account', 'account.id', 'user.account_id')
    .selectAll('user')
    .where('user.username', '=', username)
    .where('user.removed', 'is', null)
    .where('account.removed', 'is', null)
    .where('account.domain_id', '=', domainId)
    .execute()
  const user = users[0]
  if (!user) return undefined
  const account = await ctx.db
    .selectFrom('account')
    .selectAll()
    .where('id', '=', user.account_id)
    .executeTakeFirstOrThrow()
  return { user, account }
}

async function countWrongPassword(ctx: ServerContext, user: Row<'user'>): Promise<void> {
  const allowed = await ctx.config.number('incorrect.login.attempts.allowed')
  const attempts = user.incorrect_login_attempts + 1
  const disable = allowed > 0 && attempts >= allowed
  await ctx.db
    .updateTable('user')
    .set((e) => ({
      incorrect_login_attempts: e('incorrect_login_attempts', '+', 1),
      ...(disable ? { state: 'disabled' } : {}),
    }))
    .where('id', '=', user.id)
    .execute()
  if (disable) ctx.log.warn({ user: user.uuid, attempts }, 'user disabled after wrong passwords')
}
