import { errorText } from '@altostack/core'
import { readingMethod } from '../journal/host-method.ts'
import { setGuard } from '../network/guard.ts'

export const hostRemove = readingMethod('host.remove', async (context, { forget }) => {
  // A machine that is no host of ours any more is left without our rules.
  if (forget) {
    await setGuard(context, undefined).catch((error: unknown) =>
      context.log.warn({ error: errorText(error) }, 'the guard of the ports could not be removed'),
    )
  }
  context.control.leave(forget)
  return {}
})
