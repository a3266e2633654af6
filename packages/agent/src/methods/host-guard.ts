import { readingMethod } from '../journal/host-method.ts'
import { setGuard } from '../network/guard.ts'

export const hostGuard = readingMethod('host.guard', async (context, guard) => {
  await setGuard(context, guard.friends === null ? undefined : { friends: guard.friends, servers: guard.servers })
  return {}
})
