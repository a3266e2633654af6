import { readingMethod } from '../host-method.ts'

export const hostConfigure = readingMethod('host.configure', (context, { settings, servers }) => {
  for (const [name, value] of Object.entries(settings)) context.disk.settings.set(name, value)
  if (servers.length > 0) context.control.setServers(servers)
  return {}
})
