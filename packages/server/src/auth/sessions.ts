import { createHash } from 'node:crypto'
import { constantTimeEqual, firstValue, type Pair } from '@altostack/api'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import { loadCaller } from './load-caller.ts'
import { badCredentials } from './verify-request.ts'

export type SessionCookies = { readonly token?: string | undefined; readonly sessionKey?: string | undefined }

/** What stands in the database is a hash: who reads it cannot take over a session. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Starts a session; answers the secrets of its two cookies. */
export async function startSession(
  ctx: ServerContext,
  userId: number,
  remoteAddress: string,
): Promise<{ readonly token: string; readonly sessionKey: string; readonly timeoutSeconds: number }> {
  const token = Buffer.from(ctx.runtime.randomBytes(24)).toString('hex').toUpperCase()
  const sessionKey = Buffer.from(ctx.runtime.randomBytes(20)).toString('base64url')
  const timeoutSeconds = (await ctx.config.number('alto.session.timeout.minutes')) * 60
  const now = ctx.runtime.now()
  await ctx.db
    .insertInto('user_session')
    .values({
      token_hash: hash(token),
      session_key_hash: hash(sessionKey),
      user_id: userId,
      created: now,
      last_seen: now,
      expires: now + timeoutSeconds * 1000,
      remote_address: remoteAddress.slice(0, 64),
    })
    .execute()
  return { token, sessionKey, timeoutSeconds }
}

export async function endSession(ctx: ServerContext, token: string): Promise<void> {
  await ctx.db.deleteFrom('user_session').where('token_hash', '=', hash(token)).execute()
}

const touchAfterMs = 60_000

/**
 * The caller of a session, or undefined when the cookie names none. The session key must come where
 * api.sessionkey.check.locations says: by default in its cookie and as a parameter. Another one is 401 and ends the
 * session; none at all is 401 and ends nothing, or any page with a link to here could log its visitor out.
 */
export async function sessionCaller(
  ctx: ServerContext,
  cookies: SessionCookies,
  pairs: readonly Pair[],
  remoteAddress: string,
): Promise<Caller | undefined> {
  if (!cookies.token) return undefined
  const now = ctx.runtime.now()
  const session = await ctx.db
    .selectFrom('user_session')
    .selectAll()
    .where('token_hash', '=', hash(cookies.token))
    .executeTakeFirst()
  if (!session) return undefined
  const keys = await expectedKeys(ctx, cookies.sessionKey, firstValue(pairs, 'sessionkey'))
  if (session.expires <= now || !keys.every((key) => constantTimeEqual(hash(key ?? ''), session.session_key_hash))) {
    if (session.expires <= now || keys.every((key) => key !== undefined)) await endSession(ctx, cookies.token)
    throw badCredentials(session.expires <= now ? 'the session has expired' : 'wrong session key')
  }
  const row = await loadCaller(ctx.db, { userId: session.user_id })
  if (!row?.enabled) {
    await endSession(ctx, cookies.token)
    throw badCredentials('the user or its account is disabled')
  }
  if (now - session.last_seen > touchAfterMs) {
    const timeoutMs = (await ctx.config.number('alto.session.timeout.minutes')) * 60_000
    await ctx.db
      .updateTable('user_session')
      .set({ last_seen: now, expires: now + timeoutMs })
      .where('id', '=', session.id)
      .execute()
  }
  const { enabled: _, secretKey: __, keysAccepted: ___, ...caller } = row
  return { ...caller, via: 'session', remoteAddress }
}

async function expectedKeys(
  ctx: ServerContext,
  cookie: string | undefined,
  parameter: string | undefined,
): Promise<readonly (string | undefined)[]> {
  const locations = (await ctx.config.text('api.sessionkey.check.locations')).toLowerCase()
  if (locations === 'parameteronly') return [parameter]
  if (locations === 'cookieorparameter') return [parameter ?? cookie]
  return [cookie, parameter]
}

/** Forgets sessions that have ended. */
export async function pruneSessions(ctx: ServerContext): Promise<void> {
  await ctx.db.deleteFrom('user_session').where('expires', '<', ctx.runtime.now()).execute()
}
