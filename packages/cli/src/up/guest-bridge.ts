import { existsSync, readFileSync } from 'node:fs'
import { must, run } from '../run.ts'
import { routedRanges } from './machine.ts'

/** A free /24 as its first three octets: a place derived from the id, then onwards past what is routed here. */
export function chooseGuestSubnet(id: string, taken: readonly (readonly [number, number])[] = routedRanges()): string {
  const start = Number.parseInt(id.slice(0, 4), 16)
  for (let step = 0; step < 65_536; step++) {
    const place = (start + step) % 65_536
    const second = 128 + ((place >> 8) % 64)
    const third = place & 255
    const first = ((10 << 24) | (second << 16) | (third << 8)) >>> 0
    if (!taken.some(([from, to]) => from <= first + 255 && first <= to)) return `10.${second}.${third}`
  }
  throw Object.assign(new Error('No free subnet for the guests'), { code: 'up.subnet' })
}

/**
 * A NAT bridge of the instance's own: it has no port but the guests' and no interface that was there before is touched.
 * Idempotent. nftables table `alto_<id>` masquerades the guests.
 */
export async function ensureGuestBridge(bridge: string, subnet: string, id: string): Promise<void> {
  if (!existsSync(`/sys/class/net/${bridge}`)) {
    await must(['ip', 'link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0'])
  }
  const addresses = await run(['ip', '-o', '-4', 'address', 'show', 'dev', bridge])
  if (!addresses.stdout.includes(` ${subnet}.1/24`))
    await must(['ip', 'address', 'add', `${subnet}.1/24`, 'dev', bridge])
  await must(['ip', 'link', 'set', bridge, 'up'])
  if (readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() !== '1') {
    await run(['sysctl', '-qw', 'net.ipv4.ip_forward=1'])
  }
  await must(['nft', '-f', '-'], {
    input: `table ip alto_${id} {}
delete table ip alto_${id}
table ip alto_${id} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet}.0/24 ip daddr != ${subnet}.0/24 masquerade
  }
}
`,
  })
}

export async function removeGuestBridge(bridge: string, id: string): Promise<void> {
  await run(['nft', 'delete', 'table', 'ip', `alto_${id}`])
  if (existsSync(`/sys/class/net/${bridge}`)) await must(['ip', 'link', 'delete', bridge])
}
