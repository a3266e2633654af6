import { firstValue, type Pair } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { systemCaller } from '../auth/load-caller.ts'
import { type SessionCookies, sessionCaller } from '../auth/sessions.ts'
import { verifySignedRequest } from '../auth/verify-request.ts'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import { inNetworks, networkList } from './client-address.ts'

export type Arrival = {
  readonly pairs: readonly Pair[]
  readonly cookies: SessionCookies
  readonly remoteAddress: string
  /** The integration port asks for no login. */
  readonly integration: boolean
}

/** Who asks: the integration port's system user, a session, or a signature. Throws 401. */
export async function identify(ctx: ServerContext, arrival: Arrival): Promise<Caller> {
  if (arrival.integration) return await systemCaller(ctx.db, 'integration', arrival.remoteAddress)
  // A signed request is judged by its signature even when a browser sends an old cookie along.
  const signed = firstValue(arrival.pairs, 'signature') !== undefined
  const session = signed ? undefined : await sessionCaller(ctx, arrival.cookies, arrival.pairs, arrival.remoteAddress)
  const caller = session ?? (await verifySignedRequest(ctx, arrival.pairs, arrival.remoteAddress))
  await checkSource(ctx, caller)
  return caller
}

/** api.allowed.source.cidr.list of the account, or of the site. */
async function checkSource(ctx: ServerContext, caller: Caller): Promise<void> {
  if (!(await ctx.config.flag('api.source.cidr.checks.enabled'))) return
  const allowed = await ctx.config.text('api.allowed.source.cidr.list', { accountId: caller.accountId })
  if (allowed.trim() === '' || inNetworks(networkList(allowed), caller.remoteAddress)) return
  throw apiFailure(
    'api.unauthorized',
    `Access is denied for account ${caller.accountName} from ${caller.remoteAddress}`,
    {
      fix: 'Call from a network of api.allowed.source.cidr.list, or ask an administrator to change it.',
    },
  )
}
