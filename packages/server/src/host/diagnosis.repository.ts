import type { Queries } from '../db/database.ts'

export type PeerRow = {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly cluster_id: number | null
  readonly address: string
  readonly migrationAddress: string | null
  readonly facts: string | null
}

/** Hosts of a pod: those that may send a host their guests. */
export async function hostsOfPod(db: Queries, podId: number): Promise<PeerRow[]> {
  return await db
    .selectFrom('host')
    .select([
      'id',
      'name',
      'status',
      'cluster_id',
      'private_ip_address as address',
      'migration_ip_address as migrationAddress',
      'facts',
    ])
    .where('pod_id', '=', podId)
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}

/** Ranges of guest and public addresses of a zone, with the names of their networks. */
export async function rangesOfZone(db: Queries, zoneId: number): Promise<{ name: string; description: string }[]> {
  const rows = await db
    .selectFrom('vlan')
    .leftJoin('networks', 'networks.id', 'vlan.network_id')
    .select(['networks.name', 'vlan.description'])
    .where('vlan.data_center_id', '=', zoneId)
    .where('vlan.removed', 'is', null)
    .execute()
  return rows.flatMap(({ name, description }) =>
    description === null ? [] : [{ name: name === null ? 'public addresses' : `network ${name}`, description }],
  )
}

/** Broadcast URIs and MTUs of a zone's networks, as far as they shape what hosts must carry. */
export async function broadcastsOfZone(
  db: Queries,
  zoneId: number,
): Promise<{ broadcast_uri: string | null; private_mtu: number | null }[]> {
  return await db
    .selectFrom('networks')
    .select(['broadcast_uri', 'private_mtu'])
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .execute()
}

/** Serial numbers of a host's certificates that are refused, with the word for it. */
export async function refusedCertificates(db: Queries, hostUuid: string): Promise<Record<string, string>> {
  const rows = await db
    .selectFrom('host_certificate')
    .select(['serial', 'revoked', 'superseded'])
    .where('host_uuid', '=', hostUuid)
    .where((eb) => eb.or([eb('revoked', 'is not', null), eb('superseded', 'is not', null)]))
    .execute()
  return Object.fromEntries(
    rows.map((row) => [
      row.serial.toLowerCase().replace(/^0+/, ''),
      row.revoked === null ? 'superseded by a newer one' : 'revoked',
    ]),
  )
}

/** Details of a host by name. */
export async function hostDetails(db: Queries, hostId: number): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('host_details').select(['name', 'value']).where('host_id', '=', hostId).execute()
  return new Map(rows.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])))
}

/** Addresses that management servers have written down for themselves. */
export async function serverAddresses(db: Queries): Promise<string[]> {
  const rows = await db.selectFrom('mshost').select('service_ip').where('removed', 'is', null).execute()
  return rows.flatMap(({ service_ip }) => (service_ip === null ? [] : [service_ip]))
}
