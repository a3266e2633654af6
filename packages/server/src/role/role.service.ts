import { accountFailure, apiFailure } from '@altostack/core'
import { beyondReach, roleTypeOrder } from '../auth/role-reach.ts'
import type { Caller } from '../command/caller.ts'
import type { Queries } from '../db/database.ts'
import { findRoleByName, type Role } from './role.repository.ts'

const order = roleTypeOrder

/** An administrator gives roles of at most its own type that change nothing beyond what it may change itself. */
export async function requireMayGive(db: Queries, caller: Caller, role: Role): Promise<void> {
  const beyond = await beyondReach(db, caller, role)
  if (beyond !== undefined) {
    throw accountFailure(
      'role.escalation',
      `A ${caller.roleType} may not give the role ${role.name} (${role.role_type})`,
      {
        seen: beyond,
      },
    )
  }
}

export function requireMayGiveType(caller: Caller, role: Pick<Role, 'role_type' | 'name'>): void {
  const own = order.indexOf(caller.roleType)
  const given = (order as readonly string[]).indexOf(role.role_type)
  if (given < own) {
    throw accountFailure(
      'role.escalation',
      `A ${caller.roleType} may not give the role ${role.name} (${role.role_type})`,
    )
  }
}

export function requireOwnRole(role: Role): void {
  if (role.is_default === 1) throw accountFailure('account.built-in', `The role ${role.name} is built in`)
}

export async function requireFreeRoleName(db: Queries, name: string, exceptId?: number): Promise<void> {
  const other = await findRoleByName(db, name)
  if (other && other.id !== exceptId) {
    throw accountFailure('account.name-taken', `A role named ${name} exists`, {
      entities: [{ uuid: other.uuid, description: 'role' }],
    })
  }
}

/** An API name or a pattern of letters, digits and `*`. */
export function requireRule(rule: string): string {
  if (!/^[A-Za-z0-9*]{1,255}$/.test(rule)) {
    throw apiFailure('api.parameter', `rule is a command's name or a pattern with *, not ${rule}`, { seen: rule })
  }
  return rule
}

/** Types above the caller's own: it neither sees nor gives their roles. */
export function typesAbove(caller: Caller): string[] {
  return order.slice(0, Math.max(0, order.indexOf(caller.roleType)))
}
