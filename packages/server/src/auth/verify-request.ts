import { createHmac } from 'node:crypto'
import { checkExpiry, firstValue, type Pair, verifySignature } from '@altostack/api'
import { type AltoError, apiFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import { loadCaller } from './load-caller.ts'
import { userSecretPurpose } from './user-keys.ts'

/** One text for every way in which credentials can be wrong: nothing tells which half was right. */
export function badCredentials(seen: string): AltoError {
  return apiFailure('api.unauthorized', 'Unable to verify user credentials and/or request signature', { seen })
}

/** The caller of a signed request. Throws 401 for an unknown key, a bad signature, an old one, or a disabled user. */
export async function verifySignedRequest(
  ctx: ServerContext,
  pairs: readonly Pair[],
  remoteAddress: string,
): Promise<Caller> {
  const apiKey = firstValue(pairs, 'apikey')
  if (!apiKey) throw badCredentials('no session and no apiKey')
  const enforce = await ctx.config.flag('enforce.post.requests.and.timestamps')
  checkExpiry(pairs, ctx.runtime.now(), enforce)
  const row = await loadCaller(ctx.db, { apiKey })
  if (!row?.secretKey) throw badCredentials('unknown apiKey')
  const secretKey = ctx.secrets.open(userSecretPurpose, row.secretKey)
  if (!verifySignature(pairs, secretKey, hmacSha1)) throw badCredentials('wrong signature')
  if (!row.enabled) throw badCredentials('the user or its account is disabled')
  if (!row.keysAccepted) throw badCredentials('API keys of the user or its account are disabled')
  const { enabled: _, secretKey: __, keysAccepted: ___, ...caller } = row
  return { ...caller, via: 'signature', remoteAddress }
}

/** Base64 of HMAC-SHA1, the API's signature. */
export function hmacSha1(secretKey: string, text: string): string {
  return createHmac('sha1', secretKey).update(text, 'utf8').digest('base64')
}
