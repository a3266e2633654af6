import type { Client } from '@altostack/api'

export type FoundHost = { readonly id: string; readonly name: string }

/** Hosts by name, address or id; all when none is named. Throws for a name that no host has. */
export async function findHosts(client: Client, names: readonly string[]): Promise<FoundHost[]> {
  const { items } = await client.list('listHosts', { type: 'Routing' })
  const hosts = items.map((host) => ({ id: String(host.id), name: String(host.name), address: String(host.ipaddress) }))
  if (names.length === 0) return hosts
  return names.map((name) => {
    const found = hosts.filter((host) => host.name === name || host.id === name || host.address === name)
    const [host] = found
    if (host !== undefined && found.length === 1) return host
    throw Object.assign(
      new Error(found.length === 0 ? `There is no host ${name}` : `Several hosts are called ${name}`),
      {
        code: 'cli.host',
        seen: `hosts are ${hosts.map((one) => `${one.name} (${one.id})`).join(', ') || 'none'}`,
        fix: 'Name one by its id: ./alto listHosts --only id,name',
      },
    )
  })
}
