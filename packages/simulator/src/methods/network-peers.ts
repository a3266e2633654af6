import { readingMethod } from '../host-method.ts'

export const networkPeers = readingMethod('network.peers', (context, { peers }) => {
  context.disk.peers = peers.filter((peer) => peer !== context.profile.address)
  return {}
})
