import { hostFailure } from '@altostack/core'

export type HostUrl = { readonly address: string; readonly port: number | undefined }

/** Reads addHost's `http://ADDRESS[:SSHPORT]`; a bare address is taken too. Throws 431. */
export function readHostUrl(text: string): HostUrl {
  const trimmed = text.trim()
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  const schemeIsKnown = url !== undefined && ['http:', 'https:', 'ssh:'].includes(url.protocol)
  const bare = url === undefined || (url.pathname !== '' && url.pathname !== '/') || url.username !== ''
  if (url === undefined || !schemeIsKnown || bare || url.hostname === '') {
    throw hostFailure('host.url', `${trimmed} is not the url of a host`, { seen: trimmed.slice(0, 200) })
  }
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // A port that is the scheme's own default does not survive in `port`.
  const written = /:(\d+)\/?$/.exec(withScheme.replace(/^[^:]*:\/\//, ''))?.[1]
  const port =
    url.port !== '' ? Number(url.port) : written !== undefined && !address.includes(':') ? Number(written) : undefined
  return { address, port: port === undefined || port === 0 ? undefined : port }
}
