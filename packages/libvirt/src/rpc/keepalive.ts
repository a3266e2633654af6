import {
  KEEPALIVE_PROC_PING,
  KEEPALIVE_PROC_PONG,
  KEEPALIVE_PROGRAM,
  KEEPALIVE_PROTOCOL_VERSION,
  VIR_NET_MESSAGE,
  VIR_NET_OK,
} from '../generated/constants.ts'
import type { TimerHandle, Timers } from '../timers.ts'
import { encodeMessage, type Header } from './message.ts'
import { nothing } from './procedure.ts'

export interface KeepaliveOptions {
  /** Silence after which a ping is sent. 0 sends none; the daemon's own pings are answered all the same. */
  readonly intervalMs: number
  /** Pings without any answer after which the connection counts as dead. */
  readonly count: number
}

function frame(procedure: number): Buffer {
  const version = KEEPALIVE_PROTOCOL_VERSION
  const header = {
    program: KEEPALIVE_PROGRAM,
    version,
    procedure,
    type: VIR_NET_MESSAGE,
    serial: 0,
    status: VIR_NET_OK,
  }
  return encodeMessage(header, nothing, undefined)
}

/** Pings a silent daemon and answers its pings. Anything that arrives proves that the daemon lives. */
export class Keepalive {
  readonly #options: KeepaliveOptions
  readonly #timers: Timers
  readonly #send: (frame: Buffer) => void
  readonly #onDead: (silentMs: number) => void
  #timer: TimerHandle | undefined
  #lastHeard = 0
  #unanswered = 0

  constructor(
    options: KeepaliveOptions,
    timers: Timers,
    send: (frame: Buffer) => void,
    onDead: (silentMs: number) => void,
  ) {
    this.#options = options
    this.#timers = timers
    this.#send = send
    this.#onDead = onDead
  }

  start(): void {
    this.#lastHeard = this.#timers.now()
    if (this.#options.intervalMs > 0) this.#arm(this.#options.intervalMs)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  heard(): void {
    this.#lastHeard = this.#timers.now()
    this.#unanswered = 0
  }

  /** True when the message was keepalive's own. */
  take(header: Header): boolean {
    if (header.program !== KEEPALIVE_PROGRAM) return false
    if (header.procedure === KEEPALIVE_PROC_PING) this.#send(frame(KEEPALIVE_PROC_PONG))
    return true
  }

  #arm(ms: number): void {
    this.#timer = this.#timers.after(ms, () => this.#tick())
  }

  #tick(): void {
    const silent = this.#timers.now() - this.#lastHeard
    if (this.#unanswered === 0 && silent < this.#options.intervalMs) {
      this.#arm(Math.max(1, this.#options.intervalMs - silent))
      return
    }
    if (this.#unanswered >= this.#options.count) {
      this.#onDead(silent)
      return
    }
    this.#unanswered++
    this.#send(frame(KEEPALIVE_PROC_PING))
    this.#arm(this.#options.intervalMs)
  }
}
