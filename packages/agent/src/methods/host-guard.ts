import { readingMethod } from '../journal/host-method.ts'
import { setGuard } from '../network/guard.ts'

export const hostGuard = readingMethod('host.guard', async (context, guard) => {
  const { friends, servers, peers = [] } = guard
  await setGuard(context, friends === null ? undefined : { friends, servers, peers })
  return {}
})
