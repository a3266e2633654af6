import { registerUserKeys } from '@altostack/api'
import { openKeys, registerKeys } from '../../auth/user-keys.ts'
import { defineHandler } from '../../command/handler.ts'
import { findUser } from '../user.repository.ts'

export const handler = defineHandler(registerUserKeys, {
  eventText: ({ entities }) => `registering keys of user ${entities.id.username}`,
  async change({ tx, ctx, entities }) {
    const keys = await registerKeys(tx, ctx, entities.id.id)
    return { apikey: keys.apiKey, secretkey: keys.secretKey }
  },
  // Read anew, so that the secret never stands in the job's row.
  async result({ ctx, db, entities }) {
    const user = await findUser(db, entities.id.id)
    const keys = user && openKeys(ctx, user)
    return { apikey: keys?.apiKey, secretkey: keys?.secretKey }
  },
})
