import { type Address, defaultPorts, describeAddress, parseUri, type Target, type TlsOptions } from './address.ts'
import { type BlockCalls, blockCalls } from './calls/block.ts'
import { type DomainCalls, domainCalls } from './calls/domain.ts'
import { type HostCalls, hostCalls } from './calls/host.ts'
import { ConnectError, ConnectionLostError } from './errors.ts'
import type { DomainEvent, DomainEventName } from './events.ts'
import type { EventMessages, Procedures } from './generated/procedures.ts'
import type { NonnullDomain } from './generated/types.ts'
import type { CallOptions, Connection } from './rpc/connection.ts'
import type { KeepaliveOptions } from './rpc/keepalive.ts'
import { openConnection } from './rpc/open.ts'
import type { LibvirtStream } from './rpc/stream.ts'
import { type Subscription, Subscriptions } from './subscriptions.ts'
import { nodeTimers, type TimerHandle, type Timers } from './timers.ts'

export interface ReconnectOptions {
  /** Also keep trying when the very first attempt fails. Default false: connectLibvirt throws then. */
  readonly initial?: boolean
  /** First pause, default 100 ms; each further one is twice as long, with jitter. */
  readonly minDelayMs?: number
  /** Longest pause, default 10 s. */
  readonly maxDelayMs?: number
}

export interface ConnectedInfo {
  /** True after a lost connection: events were missed, so whatever was learnt from them must be read anew. */
  readonly resync: boolean
  /** Failed attempts since the connection was lost. */
  readonly failures: number
  /** How long there was no connection, in milliseconds. */
  readonly downMs: number
}

export interface LibvirtOptions {
  /** $LIBVIRT_DEFAULT_URI or `qemu:///system` by default; see parseUri. Instead of a URI, `socket`, or `host` with `port` and `tls`. */
  readonly uri?: string
  /** Path of the daemon's unix socket. */
  readonly socket?: string
  readonly host?: string
  readonly port?: number
  /** With `host`: TLS with these PEM texts; `false` is plain TCP. Default: TLS with libvirt's usual files. */
  readonly tls?: TlsOptions | false
  /** What the daemon opens when `socket` or `host` is given. Default `qemu:///system`. */
  readonly driverUri?: string
  readonly readOnly?: boolean
  /** Default 10 s, for socket, TLS, authentication and opening the driver together. */
  readonly connectTimeoutMs?: number
  /** Default for calls that give none: 30 s. 0 waits for ever. Migrations wait for ever unless told otherwise. */
  readonly callTimeoutMs?: number
  /** Default: a ping after 5 s of silence; dead after 5 pings. */
  readonly keepalive?: Partial<KeepaliveOptions>
  /** The daemon's `max_client_requests`, 5 by default. One place is kept for calls that never block. */
  readonly maxInFlight?: number
  /** `false`: a lost connection is the end. Default: reconnect for ever. */
  readonly reconnect?: ReconnectOptions | false
  /** After each connect; all subscriptions are registered by then. */
  readonly onConnected?: (info: ConnectedInfo) => void | Promise<void>
  readonly onDisconnected?: (reason: Error) => void
  /** A failed attempt to reconnect, before the pause of `retryInMs`. */
  readonly onConnectFailed?: (error: Error, retryInMs: number) => void
  /** Any message that the daemon sends by itself, undecorated; also those that `on` does not know. */
  readonly onMessage?: (name: keyof EventMessages, message: EventMessages[keyof EventMessages]) => void
  /** What a handler or hook threw. Default: an uncaught exception. */
  readonly onHandlerError?: (error: unknown) => void
  readonly signal?: AbortSignal
  readonly timers?: Timers
}

/** A call waits no longer than this for a connection that is being made. */
const longestWaitMs = 1000

export type ClientState = 'connecting' | 'connected' | 'closed'

function targetOf(options: LibvirtOptions): Target {
  const { socket, host, tls } = options
  const driverUri = options.driverUri ?? 'qemu:///system'
  if (socket !== undefined) return { address: { transport: 'unix', path: socket }, driverUri }
  if (host !== undefined) {
    const address: Address =
      tls === false
        ? { transport: 'tcp', host, port: options.port ?? defaultPorts.tcp }
        : { transport: 'tls', host, port: options.port ?? defaultPorts.tls, tls: tls ?? {} }
    return { address, driverUri }
  }
  const readOnly = options.readOnly === undefined ? {} : { readOnly: options.readOnly }
  return parseUri(
    options.uri ?? process.env.LIBVIRT_DEFAULT_URI ?? 'qemu:///system',
    tls ? { tls, ...readOnly } : readOnly,
  )
}

/** A libvirt daemon as one sees it over time: it may go away and come back. Made by connectLibvirt. */
export class LibvirtClient {
  readonly #options: LibvirtOptions
  readonly #target: Target
  readonly #timers: Timers
  readonly #subscriptions: Subscriptions
  #connection: Connection | undefined
  #state: ClientState = 'connecting'
  #lostAt: number | undefined
  #failures = 0
  /** Between two attempts to connect; `end` begins the next one. */
  #pause: { readonly timer: TimerHandle; readonly end: () => void } | undefined
  #attempt: Promise<void> | undefined
  readonly #aborting = new AbortController()
  /** Calls about the host and all its domains. */
  readonly host: HostCalls
  /** Calls about one domain. */
  readonly domain: DomainCalls
  /** Calls about the disks of running guests. */
  readonly block: BlockCalls

  constructor(options: LibvirtOptions) {
    this.#options = options
    this.#target = targetOf(options)
    this.#timers = options.timers ?? nodeTimers
    this.#subscriptions = new Subscriptions((error) => this.#handlerFailed(error))
    this.host = hostCalls(this)
    this.domain = domainCalls(this)
    this.block = blockCalls(this)
  }

  get state(): ClientState {
    return this.#state
  }

  /** Where the daemon is, for messages. */
  get address(): string {
    return describeAddress(this.#target.address)
  }

  /** The URI that the daemon opens, such as `qemu:///system`. */
  get driverUri(): string {
    return this.#target.driverUri
  }

  /**
   * Calls any procedure of the protocol by its name. Throws LibvirtError (the daemon's no), ConnectionLostError (while
   * disconnected: as soon as one more attempt to connect has failed, after a second at most), CallTimeoutError,
   * CallAbortedError, UnsupportedCallError, XdrError (an argument that does not fit).
   */
  async call<K extends keyof Procedures>(
    name: K,
    args: Procedures[K]['args'],
    options?: CallOptions,
  ): Promise<Procedures[K]['ret']> {
    const connection = this.#connection ?? (await this.#connectNow(name))
    return await connection.call(name, args, options)
  }

  /** Calls a procedure that carries a byte stream, such as `domainScreenshot`. Throws as `call`. */
  async callStream<K extends keyof Procedures>(
    name: K,
    args: Procedures[K]['args'],
    options?: CallOptions,
  ): Promise<{ ret: Procedures[K]['ret']; stream: LibvirtStream }> {
    const connection = this.#connection ?? (await this.#connectNow(name))
    return await connection.callStream(name, args, options)
  }

  /** Subscribes to an event of one domain or of all. Lasts over reconnects; missed events do not come again. */
  on<N extends DomainEventName>(
    name: N,
    handler: (event: DomainEvent<N>) => void,
    domain: NonnullDomain | null = null,
  ): Promise<Subscription> {
    return this.#subscriptions.add(() => this.#connection, name, handler, domain)
  }

  /** Ends it for good. Pending calls are rejected. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#pause?.timer.cancel()
    this.#pause = undefined
    this.#aborting.abort(new Error('the client was closed'))
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  /** For connectLibvirt: the first connection. */
  async start(): Promise<this> {
    const { reconnect, signal } = this.#options
    signal?.addEventListener('abort', () => void this.close(), { once: true })
    if (signal?.aborted) await this.close()
    this.#lostAt = this.#timers.now()
    try {
      await this.#connect(false)
    } catch (error) {
      const persist = reconnect ? reconnect.initial === true : false
      if (this.#isClosed()) throw this.#closedWhileConnecting(error)
      if (!persist) {
        this.#state = 'closed'
        throw error
      }
      this.#failures++
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => reject(this.#closedWhileConnecting(error))
        this.#aborting.signal.addEventListener('abort', onAbort, { once: true })
        this.#connectLater(error as Error, false, resolve)
      })
    }
    return this
  }

  async #connect(resync: boolean): Promise<void> {
    const options = this.#options
    const connection = await openConnection({
      ...this.#target,
      timers: this.#timers,
      readOnly: options.readOnly ?? false,
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      callTimeoutMs: options.callTimeoutMs ?? 30_000,
      maxInFlight: options.maxInFlight ?? 5,
      keepalive: { intervalMs: 5000, count: 5, ...options.keepalive },
      signal: this.#aborting.signal,
      onEvent: (name, message) => {
        this.#guard(() => options.onMessage?.(name, message))
        this.#subscriptions.take(name, message)
      },
    })
    try {
      await this.#subscriptions.registerAll(connection)
    } catch (error) {
      connection.destroy('the subscriptions could not be registered')
      throw error
    }
    if (this.#isClosed()) {
      connection.destroy('the client was closed')
      throw this.#closedWhileConnecting()
    }
    this.#connection = connection
    this.#state = 'connected'
    const info = { resync, failures: this.#failures, downMs: this.#timers.now() - (this.#lostAt ?? 0) }
    this.#failures = 0
    void connection.ended.then((reason) => this.#disconnected(connection, reason))
    this.#guard(() => options.onConnected?.(info))
  }

  #disconnected(connection: Connection, reason: Error): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#lostAt = this.#timers.now()
    const again = this.#options.reconnect !== false
    this.#state = again ? 'connecting' : 'closed'
    this.#guard(() => this.#options.onDisconnected?.(reason))
    if (again && !this.#isClosed()) this.#connectLater(undefined, true)
  }

  #connectLater(error: Error | undefined, resync: boolean, done?: () => void): void {
    const { reconnect } = this.#options
    const { minDelayMs = 100, maxDelayMs = 10_000 } = reconnect || {}
    const longest = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(this.#failures, 30))
    // Half of the pause is chance: many clients of a restarted daemon do not come back in one instant.
    const delayMs = Math.round(longest * (0.5 + this.#timers.random() / 2))
    if (error) this.#guard(() => this.#options.onConnectFailed?.(error, delayMs))
    const end = (): void => {
      this.#pause?.timer.cancel()
      this.#pause = undefined
      this.#attempt = this.#connect(resync)
        .finally(() => {
          this.#attempt = undefined
        })
        .then(done, (failure: Error) => {
          this.#failures++
          if (!this.#isClosed()) this.#connectLater(failure, resync, done)
        })
    }
    this.#pause = { timer: this.#timers.after(delayMs, end), end }
  }

  /** For a call that comes while there is no connection: a daemon that is back need not wait for the pause to end. */
  async #connectNow(name: string): Promise<Connection> {
    this.#pause?.end()
    if (this.#attempt !== undefined) {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = this.#timers.after(longestWaitMs, resolve)
      await Promise.race([this.#attempt, late])
      timer.cancel()
    }
    if (this.#connection === undefined) throw this.#notConnected(name)
    return this.#connection
  }

  #isClosed(): boolean {
    return this.#state === 'closed'
  }

  #closedWhileConnecting(cause?: unknown): ConnectError {
    return new ConnectError('CONNECT_FAILED', `${this.address}: closed while connecting`, cause)
  }

  #notConnected(name: string): ConnectionLostError {
    const now = this.#isClosed() ? 'the client is closed' : 'it is reconnecting'
    return new ConnectionLostError(`no connection to ${this.address} at the moment; ${now}`, name)
  }

  #guard(hook: () => void | Promise<void>): void {
    try {
      const result = hook()
      if (result instanceof Promise) result.catch((error: unknown) => this.#handlerFailed(error))
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  #handlerFailed(error: unknown): void {
    const { onHandlerError } = this.#options
    if (onHandlerError) onHandlerError(error)
    else
      queueMicrotask(() => {
        throw error
      })
  }
}

/**
 * Connects to a libvirt daemon and keeps connecting. Resolves when the first connection stands; throws ConnectError, or the
 * daemon's LibvirtError if it refuses the driver.
 */
export function connectLibvirt(options: LibvirtOptions = {}): Promise<LibvirtClient> {
  return new LibvirtClient(options).start()
}
