/** IPv4 as unsigned 32-bit numbers. Strict dotted quads only: no leading zeros, no short forms. */

/** The number of a dotted quad, or undefined. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return undefined
    const octet = Number(part)
    if (octet > 255) return undefined
    value = value * 256 + octet
  }
  return value
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

/** Bits of a contiguous netmask, or undefined. */
export function netmaskBits(netmask: string): number | undefined {
  const value = parseIpv4(netmask)
  if (value === undefined) return undefined
  const inverted = ~value >>> 0
  if ((inverted & (inverted + 1)) !== 0) return undefined
  return 32 - Math.log2(inverted + 1)
}

export function netmaskOf(bits: number): string {
  return formatIpv4(bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0)
}

export type Ipv4Network = {
  readonly address: number
  readonly bits: number
  readonly first: number
  readonly last: number
}

/** The network that holds `address` with a prefix of `bits`. */
export function ipv4Network(address: number, bits: number): Ipv4Network {
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  const base = (address & mask) >>> 0
  return { address: base, bits, first: base, last: (base | (~mask >>> 0)) >>> 0 }
}

/** `a.b.c.d/n`; the host part may be set. Undefined when malformed. */
export function parseCidr(text: string): Ipv4Network | undefined {
  const [address, bits, rest] = text.split('/')
  if (address === undefined || bits === undefined || rest !== undefined || !/^(0|[1-9][0-9]?)$/.test(bits))
    return undefined
  const value = parseIpv4(address)
  const size = Number(bits)
  return value === undefined || size > 32 ? undefined : ipv4Network(value, size)
}

export function formatCidr(network: Ipv4Network): string {
  return `${formatIpv4(network.address)}/${network.bits}`
}

export function containsIpv4(network: Ipv4Network, address: number): boolean {
  return address >= network.first && address <= network.last
}

/** RFC 1918 and carrier-grade NAT. */
export function isPrivateIpv4(address: number): boolean {
  return privateNetworks.some((network) => containsIpv4(network, address))
}
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(
  (cidr) => parseCidr(cidr) as Ipv4Network,
)
