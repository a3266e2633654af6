import { logout } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { endSession } from '../sessions.ts'

export const handler = defineHandler(logout, {
  session: async ({ ctx, token }) => {
    if (token !== undefined) await endSession(ctx, token)
    return { view: { description: 'success' } }
  },
})
