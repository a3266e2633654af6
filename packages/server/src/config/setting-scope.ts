import type { ServerContext } from '../context.ts'
import type { ScopeName, SettingDefinition } from './setting-definition.ts'

/** Whether domains may hold settings of accounts, which their accounts inherit. */
export async function accountSettingsOfDomains(ctx: ServerContext): Promise<boolean> {
  return await ctx.config.flag('enable.account.settings.for.domain')
}

export function hasScope(definition: SettingDefinition, scope: ScopeName, domainsOfAccounts: boolean): boolean {
  if (definition.scopes.includes(scope)) return true
  return scope === 'Domain' && domainsOfAccounts && definition.scopes.includes('Account')
}

/** Whether a setting may have a value of its own for an object of that scope. */
export async function takesScope(
  ctx: ServerContext,
  definition: SettingDefinition,
  scope: ScopeName,
): Promise<boolean> {
  return hasScope(definition, scope, await accountSettingsOfDomains(ctx))
}
