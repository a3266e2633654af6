import { accountFailure, apiFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import type { Tx } from '../db/database.ts'
import { endSessions, findUser, type User, updateUserColumns } from './user.repository.ts'
import { requireOwnUser } from './user.service.ts'

/** Enables, disables or locks a user; sessions of one that is not enabled end. Throws 431 for built-in ones, 531 for oneself. */
export async function setUserState(
  tx: Tx,
  caller: Caller,
  user: User,
  state: 'enabled' | 'disabled' | 'locked',
): Promise<User> {
  if (state === 'enabled') await updateUserColumns(tx, user.id, { state, incorrect_login_attempts: 0 })
  else {
    requireOwnUser(user)
    if (user.id === caller.userId) throw apiFailure('api.permission', 'Nobody disables or locks himself')
    if (state === 'locked' && user.state === 'disabled') {
      throw accountFailure('account.state', `User ${user.username} is disabled, so it cannot be locked`)
    }
    await updateUserColumns(tx, user.id, { state })
    await endSessions(tx, [user.id])
  }
  return (await findUser(tx, user.id)) ?? user
}
