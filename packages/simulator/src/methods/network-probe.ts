import { readingMethod } from '../host-method.ts'

/** Stations on the wires of the process; each wire is a layer 2 network. */
export const networkProbe = readingMethod('network.probe', ({ runtime, world, profile }, { station, stayMs, ask }) => {
  const wire = profile.wire ?? 'lan'
  const { stations } = world
  stations.set(station.mac, wire)
  const answers = ask.map(({ address, mac }) => {
    const shared = stations.get(mac) === wire
    return { address, shared, seen: shared ? `${address} is at ${mac}` : 'no answer to ARP in 3 s' }
  })
  runtime.after(stayMs, () => stations.delete(station.mac))
  return { answers }
})
