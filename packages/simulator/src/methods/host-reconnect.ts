import { readingMethod } from '../host-method.ts'

export const hostReconnect = readingMethod('host.reconnect', (context) => {
  context.control.reconnect('host.reconnect')
  return {}
})
