import { formatCidr, infrastructureFailure, parseIpv4 } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import {
  addressesInUse,
  type IpRange,
  publicRangesOfZone,
  rangeBounds,
  rangesOfNetwork,
} from './ip-range.repository.ts'
import { type AddressRange, addressRange, type RangeRequest } from './network.service.ts'

/** Throws when an address of the range is in use. */
export async function requireUnusedRange(db: Queries, range: IpRange, what: string): Promise<void> {
  const used = await addressesInUse(db, range.id)
  if (used.length === 0) return
  throw infrastructureFailure(
    'infrastructure.not-empty',
    `The range ${range.description} cannot be ${what}: ${used.length} of its addresses are in use (${used.slice(0, 5).join(', ')})`,
    { fix: 'Expunge the virtual machines that have them, or change their addresses.' },
  )
}

/**
 * The range as it shall be. Addresses in use stay inside; gateway and netmask change only while none is in use, since
 * guests have them; ranges of one network neither overlap nor leave its CIDR.
 */
export async function requireRangeChange(db: Queries, range: IpRange, request: RangeRequest): Promise<AddressRange> {
  const [start = '', end = start] = (range.description ?? '').split('-')
  const changed = addressRange({
    gateway: request.gateway ?? range.vlan_gateway ?? undefined,
    netmask: request.netmask ?? range.vlan_netmask ?? undefined,
    startip: request.startip ?? start,
    endip: request.endip ?? end,
  })
  const moved = changed.gateway !== range.vlan_gateway || changed.netmask !== range.vlan_netmask
  if (moved) await requireUnusedRange(db, range, 'given another gateway or netmask')
  const outside = (await addressesInUse(db, range.id)).filter((text) => {
    const address = parseIpv4(text) ?? 0
    return address < changed.first || address > changed.last
  })
  if (outside.length > 0) {
    throw infrastructureFailure(
      'infrastructure.not-empty',
      `${outside.length} addresses in use would fall out of the range (${outside.slice(0, 5).join(', ')})`,
    )
  }
  const siblings =
    range.network_id === null
      ? await publicRangesOfZone(db, range.data_center_id)
      : await rangesOfNetwork(db, range.network_id)
  const others = siblings.filter((other) => other.id !== range.id)
  for (const other of others) {
    const bounds = rangeBounds(other)
    if (changed.first > bounds.last || changed.last < bounds.first) continue
    throw infrastructureFailure('network.range-overlap', `${changed.text} overlaps the range ${other.description}`, {
      entities: [{ uuid: other.uuid, description: 'VLAN IP range' }],
    })
  }
  if (range.network_id === null) return changed
  const network = await db
    .selectFrom('networks')
    .select(['name', 'cidr'])
    .where('id', '=', range.network_id)
    .executeTakeFirst()
  if (network?.cidr !== null && network?.cidr !== undefined && formatCidr(changed.network) !== network.cidr) {
    throw infrastructureFailure(
      'network.address',
      `${formatCidr(changed.network)} is not the CIDR ${network.cidr} of network ${network.name}`,
    )
  }
  return changed
}
