import { type CommandName, describeApis, listApis } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'

export const handler = defineHandler(listApis, {
  list: async ({ ctx, caller, input }) => {
    const offered = new Set<string>()
    for (const { command } of ctx.handlers.all) {
      if (input.name !== undefined && command.name !== input.name) continue
      if (command.session || (await ctx.roleRules.allows(caller, command))) offered.add(command.name)
    }
    const items = describeApis((name: CommandName) => offered.has(name), caller.roleType)
    if (input.name !== undefined && items.length === 0) {
      throw apiFailure('api.parameter', `API with name ${input.name} was not found or is not available to the caller`, {
        fix: 'Call listApis without name.',
      })
    }
    return { count: items.length, items }
  },
})
