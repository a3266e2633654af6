import type { nicResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { nicsOf } from './nic.service.ts'

export type NicView = ResponseValue<typeof nicResponse>

/** NICs of virtual machines as answers, by virtual machine id: two queries for a whole page. */
export async function nicViews(db: Queries, vmIds: readonly number[]): Promise<Map<number, NicView[]>> {
  const nics = await nicsOf(db, vmIds)
  const networkIds = [...new Set([...nics.values()].flat().map((nic) => nic.network_id))]
  const networks =
    networkIds.length === 0 ? [] : await db.selectFrom('networks').selectAll().where('id', 'in', networkIds).execute()
  const byId = new Map(networks.map((network) => [network.id, network]))
  const views = new Map<number, NicView[]>()
  for (const [vmId, list] of nics) {
    views.set(
      vmId,
      list.map((nic): NicView => {
        const network = byId.get(nic.network_id)
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
        }
      }),
    )
  }
  return views
}
