import { createHash } from 'node:crypto'
import { formatIpv4, parseIpv4 } from '@altostack/core'
import { z } from 'zod'

/** Addresses that a list may stand for: what two bytes count, more than any zone has hosts. */
export const maxRangedAddresses = 65_536

function bounds(range: string): readonly [number, number] | undefined {
  const [first = '', last = first, ...more] = range.split('-')
  const from = parseIpv4(first)
  const to = parseIpv4(last)
  return from === undefined || to === undefined || to < from || more.length > 0 ? undefined : [from, to]
}

/** IPv4 addresses: `10.0.0.7`, or neighbours as `10.0.0.7-10.0.0.9`. */
export const addressRanges = z
  .array(z.string())
  .max(20_000)
  .superRefine((ranges, context) => {
    let addresses = 0
    for (const [at, range] of ranges.entries()) {
      const found = bounds(range)
      if (found === undefined) {
        context.addIssue({ code: 'custom', path: [at], message: `not an IPv4 address or range: ${range.slice(0, 40)}` })
        return
      }
      addresses += found[1] - found[0] + 1
    }
    if (addresses > maxRangedAddresses) {
      context.addIssue({ code: 'custom', message: `${addresses} addresses, at most ${maxRangedAddresses}` })
    }
  })

/** The same addresses as the fewest ranges, in order; what is not an IPv4 address is left out. */
export function mergeAddresses(addresses: Iterable<string>): string[] {
  const numbers = new Set<number>()
  for (const address of new Set(addresses)) {
    const number = parseIpv4(address)
    if (number !== undefined) numbers.add(number)
  }
  const ranges: [number, number][] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] + 1 === number) last[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([from, to]) => (from === to ? formatIpv4(from) : `${formatIpv4(from)}-${formatIpv4(to)}`))
}

/** Every address of valid ranges, each once. */
export function expandRanges(ranges: readonly string[]): string[] {
  const all = new Set<string>()
  for (const range of ranges) {
    const [from, to] = bounds(range) ?? [0, -1]
    for (let number = from; number <= to; number++) all.add(formatIpv4(number))
  }
  return [...all]
}

/** What stands for a list of ranges where both sides compare theirs; '' for none. */
export function rangesDigest(ranges: readonly string[]): string {
  return ranges.length === 0 ? '' : createHash('sha256').update(ranges.join(',')).digest('hex').slice(0, 32)
}
