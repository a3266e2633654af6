export type ServerAddress = { readonly host: string; readonly port: number }

/** `host:port`, `[v6]:port` or a bare host with the default port. */
export function parseServer(text: string, defaultPort = 8250): ServerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  if (host === undefined) throw new Error(`not a server address: ${JSON.stringify(text)}; write host:port`)
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  if (port < 1 || port > 65535) throw new Error(`not a port: ${port}`)
  return { host, port }
}

/** CloudStack's `host` property: a comma list, perhaps with `@algorithm` at the end. */
export function parseServerList(text: string, defaultPort: number): string[] {
  const [list = ''] = text.split('@')
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const { host, port } = parseServer(one, defaultPort)
      return `${host.includes(':') ? `[${host}]` : host}:${port}`
    })
}
