import { login } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { logIn } from '../log-in.ts'
import { startSession } from '../sessions.ts'

export const handler = defineHandler(login, {
  session: async ({ ctx, input, remoteAddress }) => {
    const { user, account, domain } = await logIn(ctx, input, remoteAddress)
    const session = await startSession(ctx, user.id, remoteAddress)
    return {
      view: {
        username: user.username,
        userid: user.uuid,
        domainid: domain.uuid,
        timeout: session.timeoutSeconds,
        account: account.account_name,
        firstname: user.firstname,
        lastname: user.lastname,
        type: String(account.type),
        timezone: user.timezone ?? 'UTC',
        registered: String(user.registration_token === null && user.api_key !== null),
        sessionkey: session.sessionKey,
      },
      cookies: { token: session.token, sessionKey: session.sessionKey },
    }
  },
})
