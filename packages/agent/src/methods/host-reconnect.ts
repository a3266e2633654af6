import { readingMethod } from '../journal/host-method.ts'

export const hostReconnect = readingMethod('host.reconnect', async (context) => {
  context.control.reconnect('host.reconnect')
  return {}
})
