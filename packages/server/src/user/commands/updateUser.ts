import { updateUser } from '@altostack/api'
import { accountFailure, apiFailure } from '@altostack/core'
import { hashPassword, verifyPassword } from '../../auth/password.ts'
import { userSecretPurpose } from '../../auth/user-keys.ts'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { findUser, findUserByKey } from '../user.repository.ts'
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
    const account = await tx
      .selectFrom('account')
      .selectAll()
      .where('id', '=', user.account_id)
      .executeTakeFirstOrThrow()
    if (input.username !== undefined) {
      await requireFreeUsername(tx, account.domain_id, requireUsername(input.username), user.id)
    }
    if ((input.userapikey === undefined) !== (input.usersecretkey === undefined)) {
      throw apiFailure('api.parameter', 'userapikey and usersecretkey go together')
    }
    if (input.userapikey !== undefined) {
      const other = await findUserByKey(tx, input.userapikey)
      if (other && other.id !== user.id) throw accountFailure('account.name-taken', 'userapikey is in use')
    }
    await tx
      .updateTable('user')
      .set({
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
      .where('id', '=', user.id)
      .execute()
    // A changed password ends every session that was opened with the old one.
    if (prepared) await tx.deleteFrom('user_session').where('user_id', '=', user.id).execute()
    const updated = await findUser(tx, user.id)
    return (await userViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
