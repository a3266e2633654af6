import { readingMethod } from '../journal/host-method.ts'

/** Keys that a server may set; the rest of the file is the operator's. */
const settable = /^(alto\.[a-z0-9.]+|host\.reserved\.mem\.mb|vm\.migrate\.(downtime|speed)|workers|zone|pod|cluster)$/

export const hostConfigure = readingMethod('host.configure', async (context, { settings, servers }) => {
  const changes = Object.fromEntries(Object.entries(settings).filter(([key]) => settable.test(key)))
  context.settings.set({ ...changes, ...(servers.length > 0 ? { host: servers.join(',') } : {}) })
  if (servers.length > 0) context.control.setServers(servers)
  await context.control.configure()
  return {}
})
