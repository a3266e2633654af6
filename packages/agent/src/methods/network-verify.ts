import { readingMethod } from '../journal/host-method.ts'
import { settleSegments } from '../network/keep-segments.ts'

export const networkVerify = readingMethod('network.verify', async (context) => {
  await settleSegments(context)
  await context.guestNetwork.verify()
  return {}
})
