/**
 * libvirtd reads no further from a client that has `max_client_requests` (5) calls in flight, not even keepalive answers
 * or a call that would end the others. So ordinary calls take all places but one, and the last is kept for calls
 * that the daemon answers at once (abort, destroy, queries of the daemon's own state).
 */
export class CallQueue<T extends { readonly urgent: boolean }> {
  readonly #places: number
  readonly #start: (call: T) => void
  readonly #urgent: T[] = []
  readonly #ordinary: T[] = []
  #inFlight = 0

  constructor(places: number, start: (call: T) => void) {
    this.#places = places
    this.#start = start
  }

  /** Calls that wait for a place. */
  get waiting(): number {
    return this.#urgent.length + this.#ordinary.length
  }

  add(call: T): void {
    const list = call.urgent ? this.#urgent : this.#ordinary
    list.push(call)
    this.#next()
  }

  /** Takes a call that has not started out again. False if it has started. */
  remove(call: T): boolean {
    const list = call.urgent ? this.#urgent : this.#ordinary
    const at = list.indexOf(call)
    if (at >= 0) list.splice(at, 1)
    return at >= 0
  }

  /** A started call was answered: its place is free. */
  free(): void {
    this.#inFlight--
    this.#next()
  }

  #next(): void {
    for (;;) {
      const ordinaryPlaces = Math.max(1, this.#places - 1)
      const call =
        this.#inFlight < this.#places && this.#urgent.length > 0
          ? this.#urgent.shift()
          : this.#inFlight < ordinaryPlaces
            ? this.#ordinary.shift()
            : undefined
      if (!call) return
      this.#inFlight++
      this.#start(call)
    }
  }
}
