import { readingMethod } from '../host-method.ts'

/** Stations on the wires of the process; each wire is a layer 2 network. */
export const networkProbe = readingMethod('network.probe', ({ runtime, world, profile }, { station, stayMs, ask }) => {
  const wire = profile.wire ?? 'lan'
  const { stations } = world
  const opened = { wire }
  stations.set(station.mac, opened)
  const answers = ask.map(({ address, mac }) => {
    const shared = stations.get(mac)?.wire === wire
    return { address, shared, seen: shared ? `${address} is at ${mac}` : 'no answer to ARP in 3 s' }
  })
  // Calls of the same station follow each other: the last one that was opened stays.
  runtime.after(stayMs, () => {
    if (stations.get(station.mac) === opened) stations.delete(station.mac)
  })
  return { answers }
})
