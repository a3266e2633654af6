import { infrastructureFailure } from '@altostack/core'
import type { Row } from '../db/database.ts'

export type IsolationMethod = 'VLAN' | 'VXLAN'
export const untagged = 'vlan://untagged'
/** Largest id of each: 4095 and 0 mean something else on the wire. */
export const largestId = { VLAN: 4094, VXLAN: 16_777_215 } as const

export function isolationOf(physical: Pick<Row<'physical_network'>, 'isolation_methods'>): IsolationMethod {
  return physical.isolation_methods === 'VXLAN' ? 'VXLAN' : 'VLAN'
}

/**
 * The wire of a network as the caller gave it: `untagged`, `100`, `vlan://100` or `vxlan://5001`. A bare number is an id of
 * the physical network's own method. Throws `network.vlan`.
 */
export function requireBroadcastUri(value: string, physical: Row<'physical_network'>): string {
  const method = isolationOf(physical)
  const match = /^(?:(vlan|vxlan):\/\/)?(untagged|\d{1,8})$/i.exec(value.trim())
  if (match?.[2]?.toLowerCase() === 'untagged' && match[1]?.toLowerCase() !== 'vxlan') return untagged
  const scheme = (match?.[1] ?? method).toUpperCase()
  const id = Number(match?.[2])
  if (!match || scheme !== method || id < 1 || id > largestId[method]) {
    throw infrastructureFailure('network.vlan', `${value} is no network id of physical network ${physical.name}`, {
      seen: `isolation method ${method}, ids 1 to ${largestId[method]}`,
    })
  }
  return `${method.toLowerCase()}://${id}`
}

/** The id of vlan://100 or vxlan://5001; undefined: untagged. */
export function segmentOf(uri: string | null): { readonly kind: 'vlan' | 'vxlan'; readonly id: number } | undefined {
  const match = /^(vlan|vxlan):\/\/(\d+)$/.exec(uri ?? '')
  if (!match) return undefined
  return { kind: match[1] as 'vlan' | 'vxlan', id: Number(match[2]) }
}

/** What stands behind the scheme: `100`, `untagged`. */
export function uriValue(uri: string | null): string | undefined {
  return uri?.replace(/^[a-z]+:\/\//, '')
}

export type IdRange = { readonly first: number; readonly last: number }

/** `100-200,300` as ranges. The text was checked when it was stored. */
export function readRanges(text: string | null): readonly IdRange[] {
  if (text === null || text === '') return []
  return text.split(',').map((part) => {
    const [first = '', last = first] = part.split('-')
    return { first: Number(first), last: Number(last) }
  })
}

export function inRanges(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some((range) => id >= range.first && id <= range.last)
}
