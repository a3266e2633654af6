import { getUser } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { accessRules } from '../../auth/access-rules.ts'
import { defineHandler } from '../../command/handler.ts'
import { findUserByKey } from '../user.repository.ts'
import { userViews } from '../user.view.ts'

export const handler = defineHandler(getUser, {
  async read({ db, caller, input }) {
    const user = await findUserByKey(db, input.userapikey)
    // The same words for a key that is nobody's and one of somebody else's.
    if (!user || !(await accessRules.User.may(db, caller, user, 'list'))) {
      throw apiFailure('api.parameter', 'No user has this API key')
    }
    return (await userViews(db, [user]))[0] ?? {}
  },
})
