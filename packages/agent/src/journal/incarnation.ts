import { readValue, type StateDatabase, writeValue } from '../state-database.ts'

/**
 * Which life of the host the agent has acknowledged, and which one the servers speak of. They differ after the host was
 * fenced: until `host.fence` it may only report and end guests.
 */
export type Incarnation = {
  /** Acknowledged; 0 before the first hello. */
  readonly acknowledged: () => number
  /** True while a server knows a higher one. */
  readonly fenced: () => boolean
  /** From a hello. A host that never had one takes the server's if the server counts it as acknowledged. */
  readonly heard: (current: number, acknowledged: number) => void
  /** After the guests of the old life are ended. */
  readonly acknowledge: (incarnation: number) => void
}

export function openIncarnation(database: StateDatabase): Incarnation {
  const stored = readValue(database, 'host-incarnation')
  let acknowledged = stored === undefined ? undefined : Number(stored)
  let highest = Math.max(acknowledged ?? 0, Number(readValue(database, 'host-incarnation-heard') ?? 0))
  const save = (value: number): void => {
    writeValue(database, 'host-incarnation', String(value))
    acknowledged = value
  }
  return {
    acknowledged: () => acknowledged ?? 0,
    fenced: () => highest > (acknowledged ?? 0),
    heard(current, acknowledgedThere) {
      if (acknowledged === undefined && current === acknowledgedThere) save(current)
      if (current <= highest) return
      highest = current
      // On disk too: a fenced host that restarts before its next hello is still fenced.
      writeValue(database, 'host-incarnation-heard', String(current))
    },
    acknowledge(incarnation) {
      if (incarnation < (acknowledged ?? 0)) return
      save(incarnation)
      highest = Math.max(highest, incarnation)
    },
  }
}
