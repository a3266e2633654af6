import type { Runtime } from '@altostack/core'
import { run } from '../process.ts'
import type { Reservation } from './dnsmasq-config.ts'

/**
 * Rules of our own bridge table: DHCP of guests that this host answers neither leaves by the uplink nor is answered from
 * there. Stateless, since connection tracking of bridges is not everywhere. Traffic to the host itself is not forwarded,
 * so the host's own dnsmasq still hears them.
 */
export function guestFilterRules(shortId: string, reservations: readonly Reservation[]): string {
  const table = `bridge alto_${shortId.replace(/[^0-9a-f]/g, '')}`
  const macs = [...new Set(reservations.map((one) => one.mac))].toSorted()
  const remove = `table ${table}\ndelete table ${table}\n`
  if (macs.length === 0) return remove
  return `${remove}table ${table} {
  set guests {
    type ether_addr
    elements = { ${macs.join(', ')} }
  }
  chain forward {
    type filter hook forward priority -150; policy accept;
    ether saddr @guests ether type ip udp dport 67 drop
    ether daddr @guests ether type ip udp sport 67 drop
  }
}
`
}

/** Replaces the table in one transaction. */
export async function applyGuestFilter(
  runtime: Runtime,
  shortId: string,
  reservations: readonly Reservation[],
): Promise<void> {
  await run('nft', ['-f', '-'], { runtime, timeoutMs: 10_000, input: guestFilterRules(shortId, reservations) })
}
