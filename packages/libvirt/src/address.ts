import { existsSync } from 'node:fs'
import { ConnectError } from './errors.ts'

/** PEM texts. Without `cert` and `key` the client shows no certificate, which a libvirtd with defaults refuses. */
export interface TlsOptions {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  /** The name that the daemon's certificate must carry; the host of the address by default. */
  readonly serverName?: string
  /** False accepts any certificate. For tests only. */
  readonly verify?: boolean
}

export type Address =
  | { readonly transport: 'unix'; readonly path: string }
  | { readonly transport: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly transport: 'tls'
      readonly host: string
      readonly port: number
      readonly tls: TlsOptions
      readonly pkiPath?: string
    }

export interface Target {
  readonly address: Address
  /** The URI that the daemon opens, such as `qemu:///system`: no transport and no host in it. */
  readonly driverUri: string
}

export const defaultPorts = { tcp: 16509, tls: 16514 } as const

const modularDaemons: Readonly<Record<string, string>> = {
  qemu: 'virtqemud',
  lxc: 'virtlxcd',
  ch: 'virtchd',
  xen: 'virtxend',
  vbox: 'virtvboxd',
  bhyve: 'virtbhyved',
}

/** Where the local daemon listens: the modular one's socket if it is there, libvirtd's otherwise, as libvirt itself chooses. */
export function defaultSocket(driverUri: string, env: NodeJS.ProcessEnv, readOnly = false): string {
  const scheme = driverUri.split(':')[0] ?? ''
  const session = /:\/\/\/session\b/.test(driverUri)
  const dir = session ? `${env.XDG_RUNTIME_DIR ?? `${env.HOME ?? ''}/.cache`}/libvirt` : '/run/libvirt'
  const ending = readOnly && !session ? 'sock-ro' : 'sock'
  const daemon = modularDaemons[scheme]
  if (daemon && existsSync(`${dir}/${daemon}-${ending}`)) return `${dir}/${daemon}-${ending}`
  return `${dir}/libvirt-${ending}`
}

function badUri(uri: string, reason: string): ConnectError {
  return new ConnectError('BAD_ADDRESS', `libvirt URI "${uri}": ${reason}`)
}

/**
 * Reads a libvirt URI: `qemu:///system`, `qemu+unix:///system?socket=/path`, `qemu+tcp://host:16509/system`,
 * `qemu+tls://host/system?pkipath=/dir&no_verify=1`. Throws ConnectError BAD_ADDRESS, also for ssh and libssh transports.
 */
export function parseUri(
  uri: string,
  options: { tls?: TlsOptions; readOnly?: boolean; env?: NodeJS.ProcessEnv } = {},
): Target {
  const match = /^([a-z0-9]+)(?:\+([a-z0-9]+))?:\/\/(?:\[([^\]]+)\]|([^/:?]*))(?::(\d+))?(\/[^?]*)?(?:\?(.*))?$/i.exec(
    uri,
  )
  if (!match) throw badUri(uri, 'it is not of the form driver[+transport]://[host][:port]/path')
  const [, driver, givenTransport, ip6, name, portText, path = '/', query = ''] = match
  const host = ip6 ?? name ?? ''
  const params = new URLSearchParams(query)
  const driverUri = params.get('name') ?? `${driver}://${path}`
  const transport = givenTransport ?? (host === '' ? 'unix' : 'tls')
  if (transport === 'unix') {
    if (host !== '') throw badUri(uri, 'a unix socket has no host; use the tls or tcp transport')
    const socket = params.get('socket') ?? defaultSocket(driverUri, options.env ?? process.env, options.readOnly)
    return { address: { transport, path: socket }, driverUri }
  }
  if (transport !== 'tcp' && transport !== 'tls') {
    throw badUri(uri, `transport "${transport}" is not supported; use unix, tcp or tls`)
  }
  if (host === '') throw badUri(uri, `transport ${transport} needs a host`)
  const port = portText === undefined ? defaultPorts[transport] : Number(portText)
  if (port < 1 || port > 65535) throw badUri(uri, `port ${port} does not exist`)
  if (transport === 'tcp') return { address: { transport, host, port }, driverUri }
  const verify = params.get('no_verify') === '1' ? { verify: false } : {}
  const pki = params.get('pkipath')
  const tls = { ...verify, ...options.tls }
  return { address: { transport, host, port, tls, ...(pki === null ? {} : { pkiPath: pki }) }, driverUri }
}

export function describeAddress(address: Address): string {
  return address.transport === 'unix'
    ? `unix socket ${address.path}`
    : `${address.transport} ${address.host}:${address.port}`
}
