import { enableUser } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { userViews } from '../user.view.ts'
import { setUserState } from '../user-state.ts'

export const handler = defineHandler(enableUser, {
  async change({ tx, caller, entities }) {
    return (await userViews(tx, [await setUserState(tx, caller, entities.id, 'enabled')]))[0] ?? {}
  },
})
