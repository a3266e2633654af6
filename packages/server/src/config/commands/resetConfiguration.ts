import { resetConfiguration } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeSetting } from '../change-setting.ts'

export const handler = defineHandler(resetConfiguration, {
  change: async ({ ctx, tx, input, entities }) => await changeSetting(tx, ctx, input.name, entities, undefined),
  eventText: ({ input }) => `resetting configuration. Name: ${input.name}`,
  eventResource: () => ({ type: 'Configuration' }),
})
