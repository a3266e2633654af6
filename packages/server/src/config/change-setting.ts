import type { configurationResponse, ResponseValue } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { settingView } from './setting.view.ts'
import { takesScope } from './setting-scope.ts'
import { chosenScope, type ScopeEntities, storeGlobal, storeScoped } from './setting-store.ts'
import { checkValue } from './setting-values.ts'
import { findSetting } from './settings.ts'

/**
 * Gives a setting a value, everywhere or in the scope that is named; undefined or empty takes it away. Throws 431 for
 * an unknown setting, a scope that it has not and a value that it does not take.
 */
export async function changeSetting(
  tx: Tx,
  ctx: ServerContext,
  name: string,
  scope: ScopeEntities,
  given: string | undefined,
): Promise<ResponseValue<typeof configurationResponse>> {
  const definition = findSetting(name)
  if (!definition) {
    throw apiFailure('api.parameter', `Config parameter with name ${name.slice(0, 100)} doesn't exist`, {
      fix: 'See listConfigurations for the settings of this server.',
    })
  }
  const chosen = chosenScope(scope)
  if (chosen && !(await takesScope(ctx, definition, chosen.name))) {
    throw apiFailure('api.parameter', `Setting ${definition.name} has no value of its own for a ${chosen.name}`, {
      fix: `Its scopes are ${definition.scopes.join(', ')}.`,
    })
  }
  const value = given === undefined || given === '' ? null : checkValue(definition, given)
  if (chosen) await storeScoped(tx, definition, chosen, value)
  else await storeGlobal(tx, ctx, definition, value)
  const holds = value ?? (chosen ? await ctx.config.raw(definition.name) : definition.default)
  return settingView(definition, definition.secret && holds ? '********' : holds)
}
