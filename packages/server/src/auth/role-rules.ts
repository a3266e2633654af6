import type { CommandDefinition, RoleType } from '@altostack/api'
import type { Runtime } from '@altostack/core'
import type { Db } from '../db/database.ts'

type Rule = { readonly matches: (command: string) => boolean; readonly allow: boolean }
const rootAdminRoleId = 1
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
    const rows = await db
      .selectFrom('role_permissions')
      .select(['rule', 'permission'])
      .where('role_id', '=', roleId)
      .orderBy('sort_order')
      .orderBy('id')
      .execute()
    const rules = rows.map((row) => ({
      matches: ruleMatcher(row.rule),
      allow: row.permission.toUpperCase() === 'ALLOW',
    }))
    known.set(roleId, { at: now, rules })
    return rules
  }

  return {
    allows: async ({ roleId, roleType }, command) => {
      if (roleId === rootAdminRoleId) return true
      const rule = (await rulesOf(roleId)).find((candidate) => candidate.matches(command.name))
      return rule ? rule.allow : (command.unlistedRoles?.includes(roleType) ?? false)
    },
    forget: () => known.clear(),
  }
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
