import { type Address, describeAddress } from '../address.ts'
import { ConnectError, LibvirtError } from '../errors.ts'
import { REMOTE_AUTH_NONE, REMOTE_AUTH_POLKIT } from '../generated/constants.ts'
import { ConnectFlags, DrvFeature } from '../generated/enums.ts'
import { openTransport } from '../transport.ts'
import { Connection, type ConnectionOptions } from './connection.ts'

export interface OpenConnectionOptions extends ConnectionOptions {
  readonly address: Address
  readonly driverUri: string
  readonly readOnly: boolean
  /** For the whole way: socket, TLS, authentication, opening the driver. */
  readonly connectTimeoutMs: number
  readonly signal?: AbortSignal
}

/** Connects, authenticates, agrees on keepalive and opens the driver. Throws ConnectError or the daemon's LibvirtError. */
export async function openConnection(options: OpenConnectionOptions): Promise<Connection> {
  const { address, timers, connectTimeoutMs } = options
  const started = timers.now()
  const signal = options.signal ? { signal: options.signal } : {}
  const socket = await openTransport(address, { timers, timeoutMs: connectTimeoutMs, ...signal })
  const connection = new Connection(socket, options)
  try {
    const left = (): number => Math.max(1, connectTimeoutMs - (timers.now() - started))
    await authenticate(connection, describeAddress(address), left)
    const feature = { feature: DrvFeature.PROGRAM_KEEPALIVE }
    const { supported } = await connection.call('connectSupportsFeature', feature, { timeoutMs: left(), ...signal })
    const flags = options.readOnly ? ConnectFlags.RO : 0
    await connection.call('connectOpen', { name: options.driverUri, flags }, { timeoutMs: left(), ...signal })
    if (supported !== 0) connection.startKeepalive()
    return connection
  } catch (error) {
    connection.destroy('the connection could not be opened')
    if (error instanceof ConnectError || error instanceof LibvirtError) throw error
    const { message } = error as Error
    throw new ConnectError('CONNECT_FAILED', `${describeAddress(address)}: ${message}`, error)
  }
}

async function authenticate(connection: Connection, where: string, left: () => number): Promise<void> {
  const { types } = await connection.call('authList', undefined, { timeoutMs: left() })
  if (types.length === 0 || types.includes(REMOTE_AUTH_NONE)) return
  if (types.includes(REMOTE_AUTH_POLKIT)) {
    await connection.call('authPolkit', undefined, { timeoutMs: left() })
    return
  }
  const fix = 'use the unix socket as root, or TLS with a client certificate and auth_tls = "none"'
  throw new ConnectError(
    'AUTH_UNSUPPORTED',
    `${where}: the daemon wants SASL, which this client does not speak; ${fix}`,
  )
}
