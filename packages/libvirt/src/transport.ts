import { readFileSync } from 'node:fs'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { type Address, describeAddress, type TlsOptions } from './address.ts'
import { ConnectError } from './errors.ts'
import type { TimerHandle, Timers } from './timers.ts'

export interface OpenOptions {
  readonly timers: Timers
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

const hints: Readonly<Record<string, string>> = {
  ENOENT: 'the socket does not exist: is libvirtd (or virtqemud) installed and running?',
  ECONNREFUSED: 'nothing listens there: is libvirtd running, and with this listener on?',
  EACCES: 'this user may not open the socket: run as root or join the group libvirt',
  ENOTFOUND: 'the host name does not resolve',
  EHOSTUNREACH: 'there is no route to the host',
}

/** Opens the byte stream to the daemon, the TLS handshake and the daemon's word about it included. Throws ConnectError. */
export async function openTransport(address: Address, options: OpenOptions): Promise<Duplex> {
  const where = describeAddress(address)
  const socket = start(address)
  let timer: TimerHandle | undefined
  let onAbort: (() => void) | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = options.timers.after(options.timeoutMs, () => {
        reject(new ConnectError('CONNECT_TIMEOUT', `${where}: no connection within ${options.timeoutMs} ms`))
      })
      onAbort = () =>
        reject(new ConnectError('CONNECT_FAILED', `${where}: aborted by the caller`, options.signal?.reason))
      if (options.signal?.aborted) onAbort()
      options.signal?.addEventListener('abort', onAbort)
      ready(address, socket).then(resolve, reject)
    })
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    throw error instanceof ConnectError ? error : failure(address, where, error)
  } finally {
    timer?.cancel()
    if (onAbort) options.signal?.removeEventListener('abort', onAbort)
  }
  return socket
}

function start(address: Address): Socket {
  if (address.transport === 'unix') return connectPlain({ path: address.path })
  if (address.transport === 'tcp') return connectPlain({ host: address.host, port: address.port, noDelay: true })
  const tls = withFiles(address.tls, address.pkiPath)
  const name = tls.serverName ?? address.host
  const socket = connectTls({
    host: address.host,
    port: address.port,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tls.verify !== false,
    // RFC 6066 allows no IP address as a server name; Node checks an address against the certificate's IP entries.
    ...(isIP(name) ? { host: name } : { servername: name }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  })
  socket.setNoDelay(true)
  return socket
}

/** Fills what was not given from libvirt's usual places, or from one directory as its `pkipath` parameter says. */
function withFiles(tls: TlsOptions, pkiPath: string | undefined): TlsOptions {
  if (tls.ca !== undefined && tls.cert !== undefined && tls.key !== undefined) return tls
  const files = pkiPath
    ? { ca: `${pkiPath}/cacert.pem`, cert: `${pkiPath}/clientcert.pem`, key: `${pkiPath}/clientkey.pem` }
    : {
        ca: '/etc/pki/CA/cacert.pem',
        cert: '/etc/pki/libvirt/clientcert.pem',
        key: '/etc/pki/libvirt/private/clientkey.pem',
      }
  const filled: { ca?: string | Buffer; cert?: string | Buffer; key?: string | Buffer } = {}
  for (const part of ['ca', 'cert', 'key'] as const) {
    if (tls[part] !== undefined) continue
    try {
      filled[part] = readFileSync(files[part])
    } catch (cause) {
      // A client without a certificate may be wanted; a missing file of a named directory is a mistake.
      if (pkiPath)
        throw new ConnectError('TLS_FAILED', `${files[part]} cannot be read: ${(cause as Error).message}`, cause)
    }
  }
  return { ...filled, ...tls }
}

async function ready(address: Address, socket: Socket): Promise<void> {
  const event = address.transport === 'tls' ? 'secureConnect' : 'connect'
  await once(socket, event)
  if (address.transport === 'tls') await readVerdict(socket)
}

function once(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the peer closed the connection')))
  })
}

/** After the handshake libvirtd sends one byte, 1, when it accepts the client's certificate; else it just closes. */
async function readVerdict(socket: Socket): Promise<void> {
  const refused = 'the daemon refused the client certificate (wrong CA, expired, or not in tls_allowed_dn_list)'
  for (;;) {
    const chunk = socket.read(1) as Buffer | null
    if (chunk !== null) {
      if (chunk[0] === 1) return
      throw new Error(refused)
    }
    await new Promise<void>((resolve, reject) => {
      socket.once('readable', resolve)
      socket.once('error', (error) => reject(new Error(`${refused}: ${error.message}`)))
      socket.once('end', () => reject(new Error(refused)))
      socket.once('close', () => reject(new Error(refused)))
    })
  }
}

function failure(address: Address, where: string, cause: unknown): ConnectError {
  const error = cause as NodeJS.ErrnoException
  const hint = error.code === undefined ? undefined : hints[error.code]
  const isTls = address.transport === 'tls' && !(error.code !== undefined && error.code in hints)
  const code = isTls ? 'TLS_FAILED' : 'CONNECT_FAILED'
  return new ConnectError(code, `${where}: ${error.message}${hint ? `; ${hint}` : ''}`, cause)
}
