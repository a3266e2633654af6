import { lockUser } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { userViews } from '../user.view.ts'
import { setUserState } from '../user-state.ts'

export const handler = defineHandler(lockUser, {
  async change({ tx, caller, entities }) {
    return (await userViews(tx, [await setUserState(tx, caller, entities.id, 'locked')]))[0] ?? {}
  },
})
