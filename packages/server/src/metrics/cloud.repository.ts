import { sql } from 'kysely'
import type { Queries } from '../db/database.ts'

/** What the exporter tells of: hosts and pools one by one, the rest counted by zone and state. */
export async function readCloud(db: Queries) {
  const ratio = (name: string) =>
    sql<
      string | null
    >`(select d.value from cluster_details d where d.cluster_id = host.cluster_id and d.name = ${name})`
  const hosts = await db
    .selectFrom('host')
    .innerJoin('data_center as zone', 'zone.id', 'host.data_center_id')
    .leftJoin('host_capacity as c', 'c.host_id', 'host.id')
    .select(['host.id', 'host.uuid', 'host.name', 'host.private_ip_address', 'host.status', 'zone.name as zone'])
    .select(['c.cpu_total', 'c.cpu_used', 'c.cpu_reserved', 'c.memory_total', 'c.memory_used', 'c.memory_reserved'])
    .select(['c.cores_total', 'c.cores_used', 'c.vms'])
    .select([ratio('cpuOvercommitRatio').as('cpu_ratio'), ratio('memoryOvercommitRatio').as('memory_ratio')])
    .where('host.removed', 'is', null)
    .where('host.type', '=', 'Routing')
    .execute()
  const certificates = await db
    .selectFrom('host_certificate')
    .select((eb) => ['host_uuid', eb.fn.max<number>('expires').as('expires')])
    .where('revoked', 'is', null)
    .groupBy('host_uuid')
    .execute()
  const ends = new Map(certificates.map((row) => [row.host_uuid, Number(row.expires)]))
  const tags = new Map<number, string>()
  for (const row of await db.selectFrom('host_tags').select(['host_id', 'tag']).orderBy('id').execute()) {
    tags.set(row.host_id, [tags.get(row.host_id), row.tag].filter(Boolean).join(','))
  }
  return {
    tags,
    hosts: hosts.map((row) => ({
      id: row.id,
      name: row.name ?? row.uuid,
      zone: row.zone,
      ip: row.private_ip_address ?? '',
      status: row.status,
      cpuTotal: row.cpu_total ?? 0,
      cpuUsed: (row.cpu_used ?? 0) + (row.cpu_reserved ?? 0),
      memoryTotal: row.memory_total ?? 0,
      memoryUsed: (row.memory_used ?? 0) + (row.memory_reserved ?? 0),
      coresTotal: row.cores_total ?? 0,
      coresUsed: row.cores_used ?? 0,
      vms: row.vms ?? 0,
      cpuRatio: row.cpu_ratio ?? '1.0',
      memoryRatio: row.memory_ratio ?? '1.0',
      expires: ends.get(row.uuid) ?? null,
    })),
    pools: await db
      .selectFrom('storage_pool')
      .innerJoin('data_center as zone', 'zone.id', 'storage_pool.data_center_id')
      .select(['storage_pool.name', 'path', 'scope', 'used_bytes', 'allocated_bytes', 'capacity_bytes'])
      .select('zone.name as zone')
      .where('storage_pool.removed', 'is', null)
      .execute(),
    vms: await db
      .selectFrom('vm_instance')
      .innerJoin('data_center as zone', 'zone.id', 'vm_instance.data_center_id')
      .select((eb) => ['zone.name as zone', 'vm_instance.state as filter', eb.fn.countAll<number>().as('n')])
      .where('vm_instance.removed', 'is', null)
      .groupBy(['zone.name', 'vm_instance.state'])
      .execute(),
    volumes: await volumeCounts(db),
    addresses: await addressCounts(db),
  }
}

async function volumeCounts(db: Queries) {
  const rows = await db
    .selectFrom('volumes')
    .innerJoin('data_center as zone', 'zone.id', 'volumes.data_center_id')
    .select((eb) => ['zone.name as zone', 'volumes.state as filter', eb.fn.countAll<number>().as('n')])
    .where('volumes.removed', 'is', null)
    .groupBy(['zone.name', 'volumes.state'])
    .execute()
  const all = [...Map.groupBy(rows, (row) => row.zone)].map(([zone, own]) => ({
    zone,
    filter: 'total',
    n: own.reduce((sum, row) => sum + Number(row.n), 0),
  }))
  return [...rows, ...all]
}

async function addressCounts(db: Queries) {
  const rows = await db
    .selectFrom('user_ip_address as address')
    .innerJoin('vlan', 'vlan.id', 'address.vlan_db_id')
    .innerJoin('data_center as zone', 'zone.id', 'address.data_center_id')
    .select((eb) => ['zone.name as zone', eb.fn.countAll<number>().as('all')])
    .select(sql<number>`sum(case when address.state = 'Free' then 0 else 1 end)`.as('taken'))
    .where('vlan.vlan_type', '=', 'DirectAttached')
    .where('vlan.removed', 'is', null)
    .groupBy('zone.name')
    .execute()
  return rows.flatMap(({ zone, all, taken }) => [
    { zone, filter: 'allocated', n: Number(taken) },
    { zone, filter: 'total', n: Number(all) },
  ])
}
