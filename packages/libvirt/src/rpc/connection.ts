import type { Duplex } from 'node:stream'
import {
  CallAbortedError,
  CallTimeoutError,
  ConnectionLostError,
  LibvirtError,
  ProtocolError,
  UnsupportedCallError,
} from '../errors.ts'
import {
  VIR_NET_CALL,
  VIR_NET_ERROR,
  VIR_NET_MESSAGE,
  VIR_NET_OK,
  VIR_NET_REPLY,
  VIR_NET_STREAM,
  VIR_NET_STREAM_HOLE,
} from '../generated/constants.ts'
import { type EventMessages, eventMessages, type Procedures, procedures, programs } from '../generated/procedures.ts'
import { netMessageError } from '../generated/types.ts'
import type { TimerHandle, Timers } from '../timers.ts'
import { decode } from '../xdr/codec.ts'
import { CallQueue } from './call-queue.ts'
import { Keepalive, type KeepaliveOptions } from './keepalive.ts'
import { decodeMessage, encodeMessage, encodeStreamData, Framer, type Message } from './message.ts'
import type { EventMessage, Procedure } from './procedure.ts'
import { LibvirtStream } from './stream.ts'

export interface CallOptions {
  /** Milliseconds to wait for the answer; 0 waits as long as the connection lives. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Take the place that is kept for short calls. Default: as the protocol ranks the procedure. */
  readonly urgent?: boolean
}

export interface ConnectionOptions {
  readonly timers: Timers
  readonly keepalive: KeepaliveOptions
  /** Default for calls that give none. */
  readonly callTimeoutMs: number
  /** The daemon's `max_client_requests`. */
  readonly maxInFlight: number
  readonly onEvent: (name: keyof EventMessages, message: EventMessages[keyof EventMessages]) => void
}

interface PendingCall {
  readonly procedure: Procedure<unknown, unknown>
  readonly urgent: boolean
  readonly frame: Buffer
  readonly serial: number
  sent: boolean
  /** False once the caller has its answer or stopped waiting; the place is kept until the daemon answers. */
  wanted: boolean
  /** Made when the call is sent: the daemon's first bytes may overtake its answer. */
  stream?: LibvirtStream
  settle(outcome: { ret: unknown; stream?: LibvirtStream } | { error: Error }): void
}

const eventsByNumber = new Map<string, [keyof EventMessages, EventMessage<unknown>]>(
  (Object.entries(eventMessages) as [keyof EventMessages, EventMessage<unknown>][]).map((entry) => {
    return [`${programs[entry[1].program].id}/${entry[1].number}`, entry]
  }),
)

/** One connection that has its byte stream: frames, serials, pending calls, streams, keepalive. It never comes back. */
export class Connection {
  readonly #socket: Duplex
  readonly #options: ConnectionOptions
  readonly #framer = new Framer()
  readonly #pending = new Map<number, PendingCall>()
  readonly #streams = new Map<number, LibvirtStream>()
  readonly #queue: CallQueue<PendingCall>
  readonly #keepalive: Keepalive
  #serial = 0
  #corked = false
  #lost: ConnectionLostError | undefined
  /** Resolves, never rejects, with the reason when the connection has ended. */
  readonly ended: Promise<Error>
  #end!: (reason: Error) => void

  constructor(socket: Duplex, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#queue = new CallQueue(options.maxInFlight, (call) => this.#start(call))
    this.#keepalive = new Keepalive(
      options.keepalive,
      options.timers,
      (frame) => this.#write(frame),
      (silentMs) => this.#lose(new ConnectionLostError(`libvirt answers no keepalive for ${Math.round(silentMs)} ms`)),
    )
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    // Reading the TLS verdict may have left the stream paused.
    socket.resume()
    socket.on('error', (error: Error) => this.#lose(new ConnectionLostError(error.message, undefined, false, error)))
    socket.on('close', () => this.#lose(new ConnectionLostError('the daemon closed the connection')))
  }

  /** Undefined while the connection lives. */
  get lost(): ConnectionLostError | undefined {
    return this.#lost
  }

  startKeepalive(): void {
    if (!this.#lost) this.#keepalive.start()
  }

  async call<K extends keyof Procedures>(
    name: K,
    args: Procedures[K]['args'],
    options: CallOptions = {},
  ): Promise<Procedures[K]['ret']> {
    const procedure: Procedure<unknown, unknown> = procedures[name]
    if (procedure.stream !== 'none') {
      throw new UnsupportedCallError(name, 'it carries a byte stream; use callStream')
    }
    return (await this.#enqueue(procedure, args, options)).ret as Procedures[K]['ret']
  }

  /** Makes a call that carries a byte stream; the answer and the stream belong together. */
  async callStream<K extends keyof Procedures>(
    name: K,
    args: Procedures[K]['args'],
    options: CallOptions = {},
  ): Promise<{ ret: Procedures[K]['ret']; stream: LibvirtStream }> {
    const procedure: Procedure<unknown, unknown> = procedures[name]
    if (procedure.stream === 'none') throw new UnsupportedCallError(name, 'it carries no byte stream; use call')
    const { ret, stream } = await this.#enqueue(procedure, args, options)
    return { ret: ret as Procedures[K]['ret'], stream: stream! }
  }

  #enqueue(
    procedure: Procedure<unknown, unknown>,
    args: unknown,
    options: CallOptions,
  ): Promise<{ ret: unknown; stream?: LibvirtStream }> {
    return new Promise((resolve, reject) => {
      const { name } = procedure
      if (this.#lost) throw new ConnectionLostError(this.#lost.message, name)
      if (procedure.passesFds) {
        throw new UnsupportedCallError(name, 'it passes file descriptors, which Node cannot do over a socket')
      }
      if (options.signal?.aborted) throw new CallAbortedError(name, false, options.signal.reason)
      const timeoutMs = options.timeoutMs ?? this.#options.callTimeoutMs
      const serial = this.#nextSerial()
      const { id, version } = programs[procedure.program]
      const header = {
        program: id,
        version,
        procedure: procedure.number,
        type: VIR_NET_CALL,
        serial,
        status: VIR_NET_OK,
      }
      let timer: TimerHandle | undefined
      const call: PendingCall = {
        procedure,
        serial,
        urgent: options.urgent ?? procedure.priority === 'high',
        frame: encodeMessage(header, procedure.args, args),
        sent: false,
        wanted: true,
        settle: (outcome) => {
          call.wanted = false
          timer?.cancel()
          options.signal?.removeEventListener('abort', onAbort)
          if ('error' in outcome) reject(outcome.error)
          else resolve(outcome)
        },
      }
      const giveUp = (error: (mayHaveTakenEffect: boolean) => Error): void => {
        const effect = call.sent && !procedure.readOnly
        if (this.#queue.remove(call)) this.#pending.delete(serial)
        const failure = error(effect)
        call.settle({ error: failure })
        call.stream?.lost(failure)
      }
      const onAbort = (): void => giveUp((effect) => new CallAbortedError(name, effect, options.signal?.reason))
      options.signal?.addEventListener('abort', onAbort)
      if (timeoutMs > 0) {
        timer = this.#options.timers.after(timeoutMs, () => {
          giveUp((effect) => new CallTimeoutError(name, timeoutMs, effect))
        })
      }
      this.#pending.set(serial, call)
      this.#queue.add(call)
    })
  }

  #nextSerial(): number {
    do {
      this.#serial = (this.#serial + 1) >>> 0
    } while (this.#serial === 0 || this.#pending.has(this.#serial) || this.#streams.has(this.#serial))
    return this.#serial
  }

  #start(call: PendingCall): void {
    call.sent = true
    if (call.procedure.stream !== 'none') call.stream = this.#openStream(call)
    this.#write(call.frame)
  }

  /** Frames of one turn of the event loop leave in one system call. */
  #write(frame: Buffer): boolean {
    if (this.#lost) return true
    if (!this.#corked) {
      this.#corked = true
      this.#socket.cork()
      queueMicrotask(() => {
        this.#corked = false
        this.#socket.uncork()
      })
    }
    return this.#socket.write(frame)
  }

  #take(chunk: Buffer): void {
    this.#keepalive.heard()
    try {
      for (const frame of this.#framer.push(chunk)) {
        if (this.#lost) return
        this.#dispatch(decodeMessage(frame))
      }
    } catch (error) {
      const cause = error as Error
      this.#lose(new ConnectionLostError(`protocol error: ${cause.message}`, undefined, false, cause))
    }
  }

  #dispatch(message: Message): void {
    const { header } = message
    if (this.#keepalive.take(header)) return
    if (header.type === VIR_NET_MESSAGE) {
      this.#takeEvent(message)
    } else if (header.type === VIR_NET_REPLY) {
      this.#takeReply(message)
    } else if (header.type === VIR_NET_STREAM || header.type === VIR_NET_STREAM_HOLE) {
      // Data of a stream that was aborted may still be under way.
      this.#streams.get(header.serial)?.take(message)
    } else {
      throw new ProtocolError(`a message of type ${header.type} was not asked for`)
    }
  }

  #takeEvent({ header, payload }: Message): void {
    const entry = eventsByNumber.get(`${header.program}/${header.procedure}`)
    // A newer daemon may know events that this package does not; none of them was registered for.
    if (entry) this.#options.onEvent(entry[0], decode(entry[1].message, payload) as EventMessages[keyof EventMessages])
  }

  #takeReply({ header, payload }: Message): void {
    const call = this.#pending.get(header.serial)
    if (!call?.sent || call.procedure.number !== header.procedure) {
      throw new ProtocolError(`an answer to procedure ${header.procedure}, serial ${header.serial}, was not asked for`)
    }
    this.#pending.delete(header.serial)
    const { procedure, stream } = call
    const isOk = header.status === VIR_NET_OK
    if (call.wanted) {
      try {
        if (!isOk) throw new LibvirtError(procedure.name, decode(netMessageError, payload))
        const ret = decode(procedure.ret, payload)
        call.settle(stream ? { ret, stream } : { ret })
      } catch (cause) {
        const why = (cause as Error).message
        const unreadable = `${procedure.name}: the answer cannot be read: ${why}`
        const error = cause instanceof LibvirtError ? cause : new ProtocolError(unreadable, { cause })
        call.settle({ error })
        stream?.lost(error)
      }
    } else if (stream && isOk) {
      this.#write(encodeStreamData({ ...header, type: VIR_NET_STREAM, status: VIR_NET_ERROR }, new Uint8Array(0)))
    }
    this.#queue.free()
  }

  #openStream({ procedure, serial }: PendingCall): LibvirtStream {
    const { id, version } = programs[procedure.program]
    const stream = new LibvirtStream({
      procedure: procedure.name,
      header: { program: id, version, procedure: procedure.number, serial },
      send: (frame) => this.#writeAndWait(frame),
      forget: () => this.#streams.delete(serial),
    })
    this.#streams.set(serial, stream)
    return stream
  }

  async #writeAndWait(frame: Buffer): Promise<void> {
    if (this.#lost) throw this.#lost
    if (this.#write(frame)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done)
        this.#socket.off('close', done)
        resolve()
      }
      this.#socket.on('drain', done)
      this.#socket.on('close', done)
    })
  }

  /** Says goodbye, waits for it at most `graceMs`, and ends the connection. Pending calls are rejected. */
  async close(graceMs = 1000): Promise<void> {
    if (this.#lost) return
    try {
      await this.call('connectClose', undefined, { timeoutMs: graceMs })
    } catch {
      // The connection ends either way.
    }
    this.#lose(new ConnectionLostError('the connection was closed by this side'))
  }

  /** Ends the connection without a word to the daemon. */
  destroy(reason: string): void {
    this.#lose(new ConnectionLostError(reason))
  }

  #lose(reason: ConnectionLostError): void {
    if (this.#lost) return
    this.#lost = reason
    this.#keepalive.stop()
    this.#socket.destroy()
    for (const { procedure, sent, wanted, settle } of this.#pending.values()) {
      const effect = sent && !procedure.readOnly
      if (wanted) settle({ error: new ConnectionLostError(reason.message, procedure.name, effect, reason.cause) })
    }
    this.#pending.clear()
    for (const stream of [...this.#streams.values()]) stream.lost(reason)
    this.#end(reason)
  }
}
