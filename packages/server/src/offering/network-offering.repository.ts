import type { Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type NetworkOffering = Row<'network_offerings'>
export type NetworkOfferingFilter = {
  readonly id?: number
  readonly name?: string
  readonly displayText?: string
  readonly keyword?: string
  readonly trafficType?: string
  readonly guestType?: string
  readonly availability?: string
  readonly state?: string
  readonly tags?: string
  readonly tagged?: boolean
  readonly isDefault?: boolean
  readonly specifyVlan?: boolean
  readonly specifyIpRanges?: boolean
  readonly forVpc?: boolean
  readonly services?: readonly string[]
  /** With or without the SourceNat service. */
  readonly sourceNat?: boolean
}

export async function listNetworkOfferingRows(
  db: Queries,
  filter: NetworkOfferingFilter,
  page: Page,
): Promise<{ count: number; rows: NetworkOffering[] }> {
  let query = db
    .selectFrom('network_offerings')
    .where('network_offerings.removed', 'is', null)
    .where('network_offerings.system_only', '=', 0)
  const exact = [
    ['network_offerings.id', filter.id],
    ['network_offerings.name', filter.name],
    ['network_offerings.display_text', filter.displayText],
    ['network_offerings.traffic_type', filter.trafficType],
    ['network_offerings.guest_type', filter.guestType],
    ['network_offerings.availability', filter.availability],
    ['network_offerings.state', filter.state],
    ['network_offerings.tags', filter.tags],
    ['network_offerings.is_default', flag(filter.isDefault)],
    ['network_offerings.specify_vlan', flag(filter.specifyVlan)],
    ['network_offerings.specify_ip_ranges', flag(filter.specifyIpRanges)],
    ['network_offerings.for_vpc', flag(filter.forVpc)],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.tagged !== undefined) query = query.where('network_offerings.tags', filter.tagged ? 'is not' : 'is', null)
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('network_offerings.name', 'like', pattern), eb('network_offerings.display_text', 'like', pattern)]),
    )
  }
  const required = [...(filter.services ?? []), ...(filter.sourceNat === true ? ['SourceNat'] : [])]
  for (const service of required) {
    query = query.where((eb) =>
      eb(
        'network_offerings.id',
        'in',
        eb.selectFrom('ntwk_offering_service_map').select('network_offering_id').where('service', '=', service),
      ),
    )
  }
  if (filter.sourceNat === false) {
    query = query.where((eb) =>
      eb(
        'network_offerings.id',
        'not in',
        eb.selectFrom('ntwk_offering_service_map').select('network_offering_id').where('service', '=', 'SourceNat'),
      ),
    )
  }
  return selectPage(query, page, (filtered) =>
    filtered.selectAll('network_offerings').orderBy('network_offerings.sort_key').orderBy('network_offerings.id'),
  )
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : value ? 1 : 0
}
