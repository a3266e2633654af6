import { updateConfiguration } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { settingView } from '../setting.view.ts'
import { takesScope } from '../setting-scope.ts'
import { chosenScope, storeGlobal, storeScoped } from '../setting-store.ts'
import { checkValue } from '../setting-values.ts'
import { findSetting } from '../settings.ts'

export const handler = defineHandler(updateConfiguration, {
  change: async ({ ctx, tx, input, entities }) => {
    const definition = findSetting(input.name)
    if (!definition) {
      throw apiFailure('api.parameter', `Config parameter with name ${input.name.slice(0, 100)} doesn't exist`, {
        fix: 'See listConfigurations for the settings of this server.',
      })
    }
    const chosen = chosenScope(entities)
    if (chosen && !(await takesScope(ctx, definition, chosen.name))) {
      throw apiFailure('api.parameter', `Setting ${definition.name} has no value of its own for a ${chosen.name}`, {
        fix: `Its scopes are ${definition.scopes.join(', ')}.`,
      })
    }
    const value = input.value === undefined || input.value === '' ? null : checkValue(definition, input.value)
    if (chosen) await storeScoped(tx, definition, chosen, value)
    else await storeGlobal(tx, ctx, definition, value)
    const holds = value ?? (chosen ? await ctx.config.raw(definition.name) : definition.default)
    return settingView(definition, definition.secret && holds ? '********' : holds)
  },
  eventText: ({ input }) => `updating configuration. Name: ${input.name}`,
  eventResource: () => ({ type: 'Configuration' }),
})
