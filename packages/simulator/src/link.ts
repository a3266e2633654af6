import type { Connection, Transport } from '@altostack/agent-api'

/** A connection that can also end without a word, as when a process is killed. */
export type SimulatedConnection = Connection & { readonly abort?: () => void }

/**
 * `open`: frames pass. `frozen`: they wait in both directions, as in a stopped process. `cut`: the same, and ends of a
 * connection are not heard either, as with a pulled cable or a host without power. Neither makes new connections.
 */
export type LinkMode = 'open' | 'frozen' | 'cut'

/** The network of one host: every connection of its agent passes through here. */
export type HostLink = {
  readonly transport: Transport
  readonly mode: () => LinkMode
  readonly setMode: (mode: LinkMode) => void
  /** Ends all connections without a goodbye. */
  readonly abort: () => void
}

export function createHostLink(inner: Transport): HostLink {
  let mode: LinkMode = 'open'
  const held = new Set<Held>()
  return {
    transport: async (server) => {
      if (mode !== 'open') throw new Error(`${server}: no route to host`)
      const one = hold((await inner(server)) as SimulatedConnection, () => mode)
      held.add(one)
      one.whenOver(() => held.delete(one))
      return one.connection
    },
    mode: () => mode,
    setMode(next) {
      mode = next
      if (next === 'open') for (const one of [...held]) one.release()
    },
    abort() {
      for (const one of [...held]) one.abort()
    },
  }
}

type Held = {
  readonly connection: Connection
  /** The link is open again: what waited goes on. */
  readonly release: () => void
  readonly abort: () => void
  readonly whenOver: (over: () => void) => void
}

function hold(inner: SimulatedConnection, mode: () => LinkMode): Held {
  let incoming: string[] = []
  let outgoing: string[] = []
  let hear: ((text: string) => void) | undefined
  let gone: ((reason: string) => void) | undefined
  let over = (): void => {}
  /** The far end has closed, for this reason. */
  let ended: string | undefined
  let told = false
  /** This end has closed; the far end hears of it once the link is open. */
  let closing: (() => void) | undefined

  inner.onText((text) => {
    if (mode() === 'open' && hear !== undefined) hear(text)
    else incoming.push(text)
  })
  inner.onClose((reason) => {
    ended = reason
    over()
    tell()
  })
  function tell(): void {
    if (ended === undefined || told || gone === undefined || mode() !== 'open') return
    told = true
    gone(ended)
  }
  function close(how: () => void): void {
    if (mode() === 'cut') closing = how
    else how()
  }
  function release(): void {
    if (closing !== undefined) {
      closing()
      return
    }
    const [texts, replies] = [incoming, outgoing]
    incoming = []
    outgoing = []
    for (const text of replies) if (ended === undefined) inner.send(text)
    for (const text of texts) hear?.(text)
    tell()
  }
  return {
    release,
    abort: () => close(() => (inner.abort ?? inner.close)()),
    whenOver(listener) {
      over = listener
      if (ended !== undefined) listener()
    },
    connection: {
      send(text) {
        if (mode() === 'open') inner.send(text)
        else outgoing.push(text)
      },
      onText(listener) {
        hear = listener
        if (mode() === 'open') release()
      },
      onClose(listener) {
        gone = listener
        tell()
      },
      close: () => close(() => inner.close()),
    },
  }
}
