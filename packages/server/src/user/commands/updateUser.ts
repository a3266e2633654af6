import { updateUser } from '@altostack/api'
import { accountFailure, apiFailure, Bug } from '@altostack/core'
import { findAccount } from '../../account/index.ts'
import { hashPassword, verifyPassword } from '../../auth/password.ts'
import { userSecretPurpose } from '../../auth/user-keys.ts'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { endSessions, findUser, findUserByKey, updateUserColumns } from '../user.repository.ts'
import { requireFreeUsername, requirePassword, requireUsername } from '../user.service.ts'
import { userViews } from '../user.view.ts'

export const handler = defineHandler(updateUser, {
  eventText: ({ entities }) => `updating user ${entities.id.username}`,
  async prepare({ ctx, caller, input, entities }) {
    if (input.password === undefined) return ''
    const own = entities.id.account_id === caller.accountId
    // Whoever changes his own password proves the old one; administrators may set those of others.
    if (own && !isRootAdmin(caller) && input.currentpassword === undefined) {
      throw apiFailure('api.parameter', 'currentpassword is needed to change the password')
    }
    if (input.currentpassword !== undefined && !(await verifyPassword(input.currentpassword, entities.id.password))) {
      throw apiFailure('api.parameter', 'currentpassword is not right')
    }
    return await hashPassword(requirePassword(input.password), ctx.runtime.randomBytes)
  },
  async change({ tx, ctx, input, entities, prepared }) {
    const user = entities.id
    if (input.username !== undefined) {
      const account = await findAccount(tx, user.account_id)
      if (account === undefined) throw new Bug('a user has no account', { user: user.uuid })
      await requireFreeUsername(tx, account.domain_id, requireUsername(input.username), user.id)
    }
    if ((input.userapikey === undefined) !== (input.usersecretkey === undefined)) {
      throw apiFailure('api.parameter', 'userapikey and usersecretkey go together')
    }
    if (input.userapikey !== undefined) {
      const other = await findUserByKey(tx, input.userapikey)
      if (other && other.id !== user.id) throw accountFailure('account.name-taken', 'userapikey is in use')
    }
    await updateUserColumns(tx, user.id, {
      username: input.username ?? user.username,
      firstname: input.firstname ?? user.firstname,
      lastname: input.lastname ?? user.lastname,
      email: input.email ?? user.email,
      timezone: input.timezone ?? user.timezone,
      api_key_access: input.apikeyaccess ?? user.api_key_access,
      ...(prepared ? { password: prepared } : {}),
      ...(input.userapikey === undefined || input.usersecretkey === undefined
        ? {}
        : { api_key: input.userapikey, secret_key: ctx.secrets.seal(userSecretPurpose, input.usersecretkey) }),
    })
    // A changed password ends every session that was opened with the old one.
    if (prepared) await endSessions(tx, [user.id])
    const updated = await findUser(tx, user.id)
    return (await userViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
