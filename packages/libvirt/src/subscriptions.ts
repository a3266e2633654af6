import { type DomainEvent, type DomainEventName, domainEvents, flattenEvent } from './events.ts'
import type { EventMessages } from './generated/procedures.ts'
import type { NonnullDomain } from './generated/types.ts'
import type { Connection } from './rpc/connection.ts'

export interface Subscription {
  /** Ends it, on the daemon too if it is connected. */
  close(): Promise<void>
}

interface Entry {
  readonly name: DomainEventName
  readonly domain: NonnullDomain | null
  readonly handler: (event: never) => void
  callbackID: number | undefined
}

/** Events of a registration whose answer is still under way are held, this many at most. */
const earlyMax = 4096

/** Who wants which domain events. Survives connections: each new one registers everything again. */
export class Subscriptions {
  readonly #entries = new Set<Entry>()
  readonly #onHandlerError: (error: unknown) => void
  #early: [message: keyof EventMessages, callbackID: number, event: object][] = []
  #registering = 0

  constructor(onHandlerError: (error: unknown) => void) {
    this.#onHandlerError = onHandlerError
  }

  async add<N extends DomainEventName>(
    connection: () => Connection | undefined,
    name: N,
    handler: (event: DomainEvent<N>) => void,
    domain: NonnullDomain | null,
  ): Promise<Subscription> {
    const entry: Entry = { name, domain, handler, callbackID: undefined }
    this.#entries.add(entry)
    const now = connection()
    if (now) {
      try {
        await this.#register(now, entry)
      } catch (error) {
        this.#entries.delete(entry)
        throw error
      }
    }
    return {
      close: async () => {
        const { callbackID } = entry
        entry.callbackID = undefined
        const current = connection()
        if (!this.#entries.delete(entry) || callbackID === undefined || !current) return
        await current.call('connectDomainEventCallbackDeregisterAny', { callbackID })
      },
    }
  }

  /** For a new connection, before anyone may rely on events again. */
  async registerAll(connection: Connection): Promise<void> {
    for (const entry of this.#entries) entry.callbackID = undefined
    this.#early = []
    await Promise.all([...this.#entries].map((entry) => this.#register(connection, entry)))
  }

  /** A message of the daemon's. */
  take(message: keyof EventMessages, body: object): void {
    const flat = flattenEvent(body)
    if (!flat || this.#deliver(message, flat.callbackID, flat.event)) return
    if (this.#registering > 0 && this.#early.length < earlyMax) this.#early.push([message, flat.callbackID, flat.event])
  }

  async #register(connection: Connection, entry: Entry): Promise<void> {
    const { id } = domainEvents[entry.name]
    this.#registering++
    try {
      const args = { eventID: id, dom: entry.domain }
      const { callbackID } = await connection.call('connectDomainEventCallbackRegisterAny', args)
      entry.callbackID = callbackID
    } finally {
      this.#registering--
      this.#early = this.#early.filter(([message, callbackID, event]) => !this.#deliver(message, callbackID, event))
      if (this.#registering === 0) this.#early = []
    }
  }

  #deliver(message: keyof EventMessages, callbackID: number, event: object): boolean {
    let found = false
    for (const entry of this.#entries) {
      if (entry.callbackID !== callbackID || domainEvents[entry.name].message !== message) continue
      found = true
      try {
        ;(entry.handler as (event: object) => void)(event)
      } catch (error) {
        this.#onHandlerError(error)
      }
    }
    return found
  }
}
