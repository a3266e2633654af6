import { commandDefinition, commandNames, isReadOnly } from '@altostack/api'
import type { Caller } from '../command/caller.ts'
import type { Queries, Row } from '../db/database.ts'
import { decide, readRules, rootAdminRoleId } from './role-rules.ts'

/** From the mightiest down. */
export const roleTypeOrder = ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'] as const

type RoleKey = Pick<Row<'roles'>, 'id' | 'role_type'>

/**
 * Why the caller may neither give a role nor act on whoever has it: its type is above the caller's, or it changes
 * something that the caller may not. Undefined when he may. Without it an administrator of a domain resets the password
 * of a root administrator whose account is in it, and is root.
 */
export async function beyondReach(db: Queries, caller: Caller, role: RoleKey): Promise<string | undefined> {
  if (caller.roleId === rootAdminRoleId || caller.roleId === role.id) return undefined
  const types: readonly string[] = roleTypeOrder
  if (types.indexOf(role.role_type) < types.indexOf(caller.roleType)) {
    return `it is of type ${role.role_type}, above ${caller.roleType}`
  }
  const [own, other] = [await readRules(db, caller.roleId), await readRules(db, role.id)]
  for (const name of commandNames) {
    const command = commandDefinition(name)
    if (command === undefined || command.session === true || isReadOnly(command)) continue
    if (decide(other, role.role_type, command) && !decide(own, caller.roleType, command)) {
      return `it allows ${name}, which the caller may not call`
    }
  }
  return undefined
}

/** The same for the role that an account has. */
export async function accountInReach(
  db: Queries,
  caller: Caller,
  account: Pick<Row<'account'>, 'role_id'>,
): Promise<boolean> {
  if (caller.roleId === rootAdminRoleId || caller.roleId === account.role_id) return true
  const role = await db
    .selectFrom('roles')
    .select(['id', 'role_type'])
    .where('id', '=', account.role_id)
    .executeTakeFirst()
  return role !== undefined && (await beyondReach(db, caller, role)) === undefined
}
