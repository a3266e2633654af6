import { BlockList, isIP } from 'node:net'
import { type AltoError, templateFailure } from '@altostack/core'

/** Networks that templates are fetched from only when an administrator names them. */
const internalNetworks: readonly (readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 96, 'ipv6'],
  // What carries an IPv4 address inside: translation, Teredo and 6to4.
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2001::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
]

export type FetchPolicy = { readonly refusal: (address: string, url: string) => AltoError | undefined }

/** Judges resolved addresses; `allowed` is the setting alto.fetch.allowed.cidrs. Bad entries of it allow nothing. */
export function fetchPolicy(allowed: string): FetchPolicy {
  const internal = new BlockList()
  for (const [network, bits, family] of internalNetworks) internal.addSubnet(network, bits, family)
  const open = new BlockList()
  for (const entry of allowed.split(',').map((text) => text.trim())) addEntry(open, entry)
  return {
    refusal(address, url) {
      const plain = plainAddress(address)
      const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
      if (isIP(plain) !== 0 && (!internal.check(plain, family) || open.check(plain, family))) return undefined
      return templateFailure('template.address-refused', `Templates are not fetched from ${address}`, {
        seen: `${url} leads to ${address}`,
      })
    },
  }
}

function addEntry(list: BlockList, entry: string): void {
  const [network = '', bits] = entry.split('/')
  const family = isIP(network) === 6 ? 'ipv6' : isIP(network) === 4 ? 'ipv4' : undefined
  if (family === undefined) return
  const most = family === 'ipv6' ? 128 : 32
  const length = bits === undefined ? most : Number(bits)
  if (!Number.isInteger(length) || length < 0 || length > most) return
  list.addSubnet(network, length, family)
}

/** IPv4 inside IPv6 (::ffff:10.0.0.1) is judged as what it is. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1] as string
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address)
  if (hex === null) return address
  const value = Number.parseInt(hex[1] as string, 16) * 65_536 + Number.parseInt(hex[2] as string, 16)
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}
