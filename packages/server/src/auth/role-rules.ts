import type { CommandDefinition, RoleType } from '@altostack/api'
import type { Runtime } from '@altostack/core'
import type { Db, Queries } from '../db/database.ts'

export type Rule = {
  readonly matches: (command: string) => boolean
  readonly allow: boolean
  /** It has a `*`. */
  readonly pattern: boolean
}
export const rootAdminRoleId = 1
/** How long another server's change of a role may go unseen. */
const freshMs = 3000

export type RoleRules = {
  /** First matching rule wins; without one the command's own `unlistedRoles` decide. Root Admin may do everything. */
  readonly allows: (role: { roleId: number; roleType: RoleType }, command: CommandDefinition) => Promise<boolean>
  /** After a change of rules here. */
  readonly forget: () => void
}

export function createRoleRules(db: Db, runtime: Runtime): RoleRules {
  const known = new Map<number, { readonly at: number; readonly rules: readonly Rule[] }>()

  async function rulesOf(roleId: number): Promise<readonly Rule[]> {
    const kept = known.get(roleId)
    const now = runtime.monotonic()
    if (kept && now - kept.at < freshMs) return kept.rules
    const rules = await readRules(db, roleId)
    known.set(roleId, { at: now, rules })
    return rules
  }

  return {
    allows: async ({ roleId, roleType }, command) => {
      if (roleId === rootAdminRoleId) return true
      return decide(await rulesOf(roleId), roleType, command)
    },
    forget: () => known.clear(),
  }
}

/** The rules of a role as the database has them, in order. */
export async function readRules(db: Queries, roleId: number): Promise<readonly Rule[]> {
  const rows = await db
    .selectFrom('role_permissions')
    .select(['rule', 'permission'])
    .where('role_id', '=', roleId)
    .orderBy('sort_order')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    matches: ruleMatcher(row.rule),
    allow: row.permission.toUpperCase() === 'ALLOW',
    pattern: row.rule.includes('*'),
  }))
}

/**
 * What rules say of a command: the first that matches wins, else the command's own `unlistedRoles`. A pattern allows only
 * what is meant for roles of its type: `*` of a user's role is everything that users do, and no list of all hosts, which
 * nothing filters by owner. Whoever means that names it.
 */
export function decide(rules: readonly Rule[], roleType: string, command: CommandDefinition): boolean {
  const meant = (command.roles as readonly string[]).includes(roleType)
  const rule = rules.find((one) => one.matches(command.name) && (!one.allow || !one.pattern || meant))
  return rule ? rule.allow : ((command.unlistedRoles as readonly string[] | undefined)?.includes(roleType) ?? false)
}

/** A rule is a command's name or a pattern of letters, digits and `*`, compared without case. */
export function ruleMatcher(rule: string): (command: string) => boolean {
  const wanted = rule.toLowerCase()
  if (!wanted.includes('*')) return (command) => command.toLowerCase() === wanted
  const form = new RegExp(`^${wanted.split('*').map(literal).join('.*')}$`)
  return (command) => form.test(command.toLowerCase())
}

function literal(text: string): string {
  return text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
}
