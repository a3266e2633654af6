import type { Runtime } from '@altostack/core'
import { z } from 'zod'
import { run } from '../process.ts'
import { isTap } from './filter/tap-name.ts'
import { isServicePort } from './service-space.ts'

const answer = z.array(
  z.object({
    ifname: z.string(),
    address: z.string().default(''),
    mtu: z.number(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
    addr_info: z.array(z.object({ family: z.string(), local: z.string().optional(), scope: z.string() })).default([]),
  }),
)

export type NetworkInterface = {
  readonly name: string
  readonly mac: string
  /** Global addresses, IPv4 first. */
  readonly addresses: readonly string[]
  readonly bridge: boolean
  readonly mtu: number
}

/**
 * The host's interfaces but loopback and guests' taps, by `ip`: the runtime's own list leaves out a bridge that has no
 * carrier yet, which is every bridge before its first guest.
 */
export async function listInterfaces(runtime: Runtime): Promise<NetworkInterface[]> {
  const { stdout } = await run('ip', ['-details', '-json', 'address', 'show'], { runtime, timeoutMs: 5000 })
  return parseInterfaces(stdout)
}

/** Reads `ip -details -json address show`. */
export function parseInterfaces(text: string): NetworkInterface[] {
  return answer
    .parse(JSON.parse(text))
    .filter(({ ifname }) => ifname !== 'lo' && !isTap(ifname) && !isServicePort(ifname))
    .map(({ ifname, address, mtu, linkinfo, addr_info }) => ({
      name: ifname,
      mac: address,
      mtu,
      addresses: addr_info
        .filter((one) => one.scope === 'global' && one.local !== undefined)
        .toSorted((a, b) => a.family.localeCompare(b.family))
        .map((one) => one.local as string),
      bridge: linkinfo?.info_kind === 'bridge',
    }))
}

/** First IPv4 address of an interface. */
export function addressOn(interfaces: readonly NetworkInterface[], name: string): string | undefined {
  return interfaces.find((one) => one.name === name)?.addresses.find((address) => !address.includes(':'))
}
