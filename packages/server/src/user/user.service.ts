import { accountFailure, apiFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { findUserByName, type User } from './user.repository.ts'

export function requirePassword(password: string): string {
  if (password.trim() === '') throw apiFailure('api.parameter', 'password is empty')
  return password
}

export function requireUsername(username: string): string {
  if (username.trim() === '' || /[\s<>"'&]/.test(username)) {
    throw apiFailure('api.parameter', 'username is not empty and has no spaces, quotes or angle brackets', {
      seen: username,
    })
  }
  return username
}

export async function requireFreeUsername(
  db: Queries,
  domainId: number,
  username: string,
  exceptId?: number,
): Promise<void> {
  const other = await findUserByName(db, domainId, username)
  if (other && other.id !== exceptId) {
    throw accountFailure('account.name-taken', `A user named ${username} exists in the domain`, {
      entities: [{ uuid: other.uuid, description: 'user' }],
    })
  }
}

export function requireOwnUser(user: Pick<User, 'is_default' | 'username'>): void {
  if (user.is_default === 1) throw accountFailure('account.built-in', `The user ${user.username} is built in`)
}
