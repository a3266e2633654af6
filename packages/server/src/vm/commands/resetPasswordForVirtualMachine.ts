import { resetPasswordForVirtualMachine } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireGuestPassword } from '../guest-choices.ts'
import { resetPassword } from '../reset-password.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(resetPasswordForVirtualMachine, {
  async change({ ctx, tx, input, entities }) {
    const password = requireGuestPassword(ctx, input.password)
    await resetPassword(tx, ctx, entities.id, password, undefined)
    return { ...(await vmView(tx, entities.id.id)), password }
  },
  eventText: ({ entities }) => `resetting password for Vm. Vm Id: ${entities.id.uuid}`,
})
