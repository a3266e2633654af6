import type { Queries, Row } from '../db/database.ts'
import type { Page } from '../db/page.ts'
import { inRanges, readRanges, uriValue } from './broadcast-uri.ts'
import { dedicatedRangesOf } from './dedicated-range.repository.ts'
import { physicalNetworksOfZone } from './physical-network.repository.ts'
import { type Vnet, vnetsOf } from './vnet.repository.ts'

export type GuestVlan = {
  readonly number: number
  readonly physical: Row<'physical_network'>
  /** Account and domain that alone get ids from here. */
  readonly dedicatedTo: number | undefined
  readonly dedicatedDomain: number | undefined
  /** Absent: free. */
  readonly vnet?: Vnet
}
export type GuestVlanFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly physicalNetworkId?: number
  readonly vnet?: string
  readonly keyword?: string
  readonly allocatedOnly: boolean
}

/**
 * Ids of ranges and of networks, physical network by physical network, in order. Free ids have no rows: they are counted
 * from the ranges and only those of the page are made, since a range may have sixteen million.
 */
export async function listGuestVlanRows(
  db: Queries,
  filter: GuestVlanFilter,
  page: Page,
): Promise<{ count: number; rows: GuestVlan[] }> {
  const rows: GuestVlan[] = []
  let count = 0
  for (const physical of await physicalNetworks(db, filter)) {
    const taken = new Map((await vnetsOf(db, physical.id)).map((vnet) => [vnet.number, vnet]))
    const dedicated = await dedicatedRangesOf(db, physical.id)
    const wanted = filter.vnet === undefined ? undefined : Number(uriValue(filter.vnet))
    const ranges = readRanges(physical.vnet)
    const outside = [...taken.keys()].filter((number) => !inRanges(ranges, number))
    const spans = [...ranges, ...outside.map((number) => ({ first: number, last: number }))].toSorted(
      (a, b) => a.first - b.first,
    )
    const add = (number: number): void => {
      const at = count++
      if (at < page.offset || at >= page.offset + page.limit || rows.length >= 1000) return
      const vnet = taken.get(number)
      const range = dedicated.find((one) => number >= one.first && number <= one.last)
      rows.push({
        number,
        physical,
        dedicatedTo: range?.account_id,
        dedicatedDomain: range?.domain_id,
        ...(vnet === undefined ? {} : { vnet }),
      })
    }
    if (filter.allocatedOnly || filter.keyword !== undefined) {
      for (const [number, vnet] of [...taken].toSorted(([a], [b]) => a - b)) {
        if (filter.id !== undefined && vnet.id !== filter.id) continue
        if (wanted !== undefined && number !== wanted) continue
        if (filter.keyword !== undefined && !String(number).includes(filter.keyword)) continue
        add(number)
      }
    } else if (wanted !== undefined) {
      if (inRanges(spans, wanted)) add(wanted)
    } else {
      for (const { first, last } of spans) {
        const size = last - first + 1
        const from = Math.max(0, page.offset - count)
        const to = Math.min(size, page.offset + page.limit - count, from + 1000)
        const before = count
        for (let at = from; at < to; at++) {
          count = before + at
          add(first + at)
        }
        count = before + size
      }
    }
  }
  return { count, rows }
}

async function physicalNetworks(db: Queries, filter: GuestVlanFilter): Promise<Row<'physical_network'>[]> {
  const all =
    filter.zoneId === undefined
      ? await db.selectFrom('physical_network').selectAll().where('removed', 'is', null).orderBy('id').execute()
      : await physicalNetworksOfZone(db, filter.zoneId)
  return all.filter((one) => filter.physicalNetworkId === undefined || one.id === filter.physicalNetworkId)
}
