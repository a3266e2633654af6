import type { nicResponse, nicSecondaryIpResponse, ResponseValue } from '@altostack/api'
import type { Queries, Row } from '../db/database.ts'
import { segmentOf } from './broadcast-uri.ts'
import { type SecondaryAddress, secondaryAddresses } from './nic.repository.ts'
import { type Nic, nicsOf } from './nic.service.ts'

export type NicView = ResponseValue<typeof nicResponse>
export type SecondaryAddressView = ResponseValue<typeof nicSecondaryIpResponse>

/**
 * NICs of virtual machines as answers, by virtual machine id: a fixed number of queries for a whole page, one less where
 * the machines' uuids are known.
 */
export async function nicViews(
  db: Queries,
  vmIds: readonly number[],
  known?: ReadonlyMap<number, string>,
): Promise<Map<number, NicView[]>> {
  const nics = await nicsOf(db, vmIds)
  const networkIds = [...new Set([...nics.values()].flat().map((nic) => nic.network_id))]
  const networks =
    networkIds.length === 0 ? [] : await db.selectFrom('networks').selectAll().where('id', 'in', networkIds).execute()
  const byId = new Map(networks.map((network) => [network.id, network]))
  const uuids = known ?? (await uuidsOfVms(db, [...nics.keys()]))
  const others = Map.groupBy(await secondaryAddresses(db, [...nics.keys()]), (one) => one.nic_id)
  const views = new Map<number, NicView[]>()
  for (const [vmId, list] of nics) {
    const vmUuid = uuids.get(vmId)
    views.set(
      vmId,
      list.map((nic) => nicView(nic, byId.get(nic.network_id), vmUuid, others.get(nic.id) ?? [])),
    )
  }
  return views
}

async function uuidsOfVms(db: Queries, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map()
  const vms = await db
    .selectFrom('vm_instance')
    .select(['id', 'uuid'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(vms.map((vm) => [vm.id, vm.uuid]))
}

function nicView(
  nic: Nic,
  network: Row<'networks'> | undefined,
  vmUuid: string | undefined,
  others: readonly SecondaryAddress[],
): NicView {
  return {
    id: nic.uuid,
    networkid: network?.uuid,
    networkname: network?.name,
    netmask: nic.netmask,
    gateway: nic.gateway,
    ipaddress: nic.ip4_address,
    isolationuri: nic.isolation_uri,
    broadcasturi: nic.broadcast_uri,
    traffictype: network?.traffic_type,
    type: network?.guest_type,
    isdefault: nic.default_nic === 1,
    macaddress: nic.mac_address,
    deviceid: String(nic.device_id),
    virtualmachineid: vmUuid,
    vlanid: segmentOf(nic.broadcast_uri)?.id,
    secondaryip: others.map((one) => ({ id: one.uuid, ipaddress: one.ip4_address, description: one.description })),
    mtu: network?.private_mtu,
    enabled: nic.enabled === 1,
  }
}

export async function secondaryAddressView(
  db: Queries,
  address: SecondaryAddress,
  nicUuid: string,
): Promise<SecondaryAddressView> {
  const network = await db.selectFrom('networks').select('uuid').where('id', '=', address.network_id).executeTakeFirst()
  const vm = await db.selectFrom('vm_instance').select('uuid').where('id', '=', address.vm_id).executeTakeFirst()
  return {
    id: address.uuid,
    ipaddress: address.ip4_address,
    nicid: nicUuid,
    networkid: network?.uuid,
    virtualmachineid: vm?.uuid,
    description: address.description,
  }
}
