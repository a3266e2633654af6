import { readingMethod } from '../journal/host-method.ts'

export const networkPeers = readingMethod('network.peers', async (context, { peers }) => {
  await context.segments.setPeers(peers)
  return {}
})
