import type { guestVlanRangeResponse, guestVlanResponse, ResponseValue } from '@altostack/api'
import type { Queries, Row } from '../db/database.ts'
import { domainNames, ownerNames, placeNames } from '../inventory/index.ts'
import type { GuestVlan } from './guest-vlan.repository.ts'
import { networkViews } from './network.view.ts'

export async function guestVlanViews(
  db: Queries,
  vlans: readonly GuestVlan[],
): Promise<ResponseValue<typeof guestVlanResponse>[]> {
  const zones = await placeNames(
    db,
    'data_center',
    vlans.map((vlan) => vlan.physical.data_center_id),
  )
  const accountOf = (vlan: GuestVlan): number | null => vlan.dedicatedTo ?? vlan.vnet?.account_id ?? null
  const owners = await ownerNames(db, vlans.map(accountOf))
  const uris = [...new Set(vlans.flatMap((vlan) => vlan.vnet?.vnet ?? []))]
  const networks =
    uris.length === 0
      ? []
      : await db
          .selectFrom('networks')
          .selectAll()
          .where('broadcast_uri', 'in', uris)
          .where('removed', 'is', null)
          .execute()
  const domains = await domainNames(db, [
    ...vlans.map((vlan) => vlan.dedicatedDomain ?? null),
    ...networks.map((network) => network.domain_id),
  ])
  const views: ResponseValue<typeof guestVlanResponse>[] = []
  for (const vlan of vlans) {
    const { vnet, physical } = vlan
    const owner = owners.get(accountOf(vlan) ?? -1)
    const using = networks.filter(
      (network) => network.broadcast_uri === vnet?.vnet && network.data_center_id === physical.data_center_id,
    )
    const domain = domains.get(vlan.dedicatedDomain ?? using[0]?.domain_id ?? -1)
    views.push({
      id: vnet?.id,
      vlan: String(vlan.number),
      account: owner?.account,
      domainid: domain?.uuid,
      domain: domain?.name,
      domainpath: domain?.path,
      zoneid: zones.get(physical.data_center_id)?.uuid,
      zonename: zones.get(physical.data_center_id)?.name,
      physicalnetworkid: physical.uuid,
      physicalnetworkname: physical.name,
      isdedicated: vlan.dedicatedTo !== undefined,
      allocationstate: vnet === undefined ? 'Free' : 'Allocated',
      taken: vnet?.taken,
      network: await networkViews(db, using),
    })
  }
  return views
}

export async function guestVlanRangeViews(
  db: Queries,
  ranges: readonly Row<'account_vnet_map'>[],
): Promise<ResponseValue<typeof guestVlanRangeResponse>[]> {
  const ids = ranges.map((range) => range.physical_network_id)
  const physical =
    ids.length === 0 ? [] : await db.selectFrom('physical_network').selectAll().where('id', 'in', ids).execute()
  const zones = await placeNames(
    db,
    'data_center',
    physical.map((one) => one.data_center_id),
  )
  const owners = await ownerNames(
    db,
    ranges.map((range) => range.account_id),
  )
  const domains = await domainNames(
    db,
    ranges.map((range) => range.domain_id),
  )
  return ranges.map((range) => {
    const network = physical.find((one) => one.id === range.physical_network_id)
    const domain = domains.get(range.domain_id)
    return {
      id: range.uuid,
      account: owners.get(range.account_id)?.account,
      domainid: domain?.uuid,
      domain: domain?.name,
      domainpath: domain?.path,
      guestvlanrange: `${range.first}-${range.last}`,
      physicalnetworkid: network?.uuid,
      zoneid: zones.get(network?.data_center_id ?? -1)?.uuid,
    }
  })
}
