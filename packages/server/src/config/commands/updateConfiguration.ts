import { updateConfiguration } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeSetting } from '../change-setting.ts'

export const handler = defineHandler(updateConfiguration, {
  change: async ({ ctx, tx, input, entities }) => await changeSetting(tx, ctx, input.name, entities, input.value),
  eventText: ({ input }) => `updating configuration. Name: ${input.name}`,
  eventResource: () => ({ type: 'Configuration' }),
})
