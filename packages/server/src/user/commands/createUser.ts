import { createUser } from '@altostack/api'
import { apiFailure, Bug } from '@altostack/core'
import { findAccountByName } from '../../account/index.ts'
import { accessRules } from '../../auth/access-rules.ts'
import { hashPassword } from '../../auth/password.ts'
import { defineHandler } from '../../command/handler.ts'
import { requireFreeUuid } from '../../domain/index.ts'
import { findUser, insertUser } from '../user.repository.ts'
import { requireFreeUsername, requirePassword, requireUsername } from '../user.service.ts'
import { userViews } from '../user.view.ts'

export const handler = defineHandler(createUser, {
  eventText: ({ input }) => `creating user ${input.username}`,
  prepare: ({ ctx, input }) => hashPassword(requirePassword(input.password), ctx.runtime.randomBytes),
  async change({ tx, ctx, caller, input, entities, now, prepared }) {
    if (prepared === undefined) throw new Bug('createUser has no hash')
    const account = await findAccountByName(tx, entities.domainid?.id ?? caller.domainId, input.account)
    if (!account) {
      throw apiFailure('api.parameter', `No account ${input.account} in the domain`, {
        seen: input.account,
        fix: 'Give domainid together with account.',
      })
    }
    if (!(await accessRules.Account.may(tx, caller, account, 'operate'))) {
      throw apiFailure('api.permission', `The caller may not add users to account ${input.account}`)
    }
    const username = requireUsername(input.username)
    await requireFreeUsername(tx, account.domain_id, username)
    const id = await insertUser(tx, {
      uuid: input.userid === undefined ? ctx.runtime.uuid() : await requireFreeUuid(tx, 'user', 'userid', input.userid),
      username,
      password: prepared,
      account_id: account.id,
      firstname: input.firstname,
      lastname: input.lastname,
      email: input.email,
      timezone: input.timezone ?? null,
      created: now,
    })
    const user = await findUser(tx, id)
    return (await userViews(tx, user ? [user] : []))[0] ?? {}
  },
})
