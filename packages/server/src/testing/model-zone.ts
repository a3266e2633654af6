import type { Db } from '../db/database.ts'

const GIB = 1024 ** 3
const MHZ = 2000

export type ModelZone = {
  readonly zone: string
  readonly offering: string
  readonly template: string
  readonly network: string
  readonly pool: { readonly id: number; readonly uuid: string }
  readonly hosts: readonly { readonly id: number; readonly uuid: string }[]
}

/**
 * Rows of a zone with one cluster, one shared pool and hosts that are Up, straight into the database. Hosts have 4 cores
 * of 2000 MHz and 8 GiB; the offering is 1 x 500 MHz and 512 MiB; the template 1 GiB.
 */
export async function insertModelZone(
  db: Db,
  uuid: () => string,
  options: { readonly hosts: number; readonly networkAddresses?: number; readonly networkType?: 'L2' | 'Shared' },
): Promise<ModelZone> {
  const created = 1
  const insert = async (table: string, values: object): Promise<number> => {
    // biome-ignore lint/suspicious/noExplicitAny: one door for many tables
    const { insertId } = await (db as any).insertInto(table).values(values).executeTakeFirstOrThrow()
    return Number(insertId)
  }
  const zone = uuid()
  const zoneId = await insert('data_center', {
    uuid: zone,
    name: 'zone1',
    dns1: '10.0.0.1',
    internal_dns1: '10.0.0.1',
    networktype: 'Advanced',
    created,
  })
  const podId = await insert('host_pod_ref', {
    uuid: uuid(),
    name: 'pod1',
    data_center_id: zoneId,
    gateway: '10.0.0.1',
    cidr_address: '10.0.0.0',
    cidr_size: 24,
    created,
  })
  const clusterId = await insert('cluster', {
    uuid: uuid(),
    name: 'cluster1',
    pod_id: podId,
    data_center_id: zoneId,
    hypervisor_type: 'KVM',
    created,
  })
  const poolUuid = uuid()
  const poolId = await insert('storage_pool', {
    uuid: poolUuid,
    name: 'primary1',
    pool_type: 'SharedMountPoint',
    data_center_id: zoneId,
    pod_id: podId,
    cluster_id: clusterId,
    capacity_bytes: 10_000 * GIB,
    host_address: 'localhost',
    path: '/primary',
    status: 'Up',
    scope: 'CLUSTER',
    created,
  })
  const hosts: { id: number; uuid: string }[] = []
  for (let index = 1; index <= options.hosts; index++) {
    const hostUuid = uuid()
    const id = await insert('host', {
      uuid: hostUuid,
      name: `kvm${index}`,
      status: 'Up',
      private_ip_address: `10.0.1.${index}`,
      data_center_id: zoneId,
      pod_id: podId,
      cluster_id: clusterId,
      hypervisor_type: 'KVM',
      cpus: 4,
      speed: MHZ,
      ram: 8 * GIB,
      guid: hostUuid,
      created,
    })
    await db
      .insertInto('host_capacity')
      .values({ host_id: id, cpu_total: 4 * MHZ, memory_total: 8 * GIB, cores_total: 4 })
      .execute()
    await insert('storage_pool_host_ref', {
      host_id: id,
      pool_id: poolId,
      local_path: '/primary',
      created,
      last_updated: 1,
    })
    hosts.push({ id, uuid: hostUuid })
  }
  const diskOffering = await insert('disk_offering', { uuid: uuid(), name: 'd', display_text: 'd', created })
  const offering = uuid()
  await insert('service_offering', {
    uuid: offering,
    name: 'Tiny',
    display_text: 'Tiny',
    cpu: 1,
    speed: 500,
    ram_size: 512,
    disk_offering_id: diskOffering,
    created,
  })
  const guestOs = await db.selectFrom('guest_os').select('id').limit(1).executeTakeFirstOrThrow()
  const template = uuid()
  const templateId = await insert('vm_template', {
    uuid: template,
    name: 'tiny',
    display_text: 'tiny',
    public: 1,
    account_id: 1,
    domain_id: 1,
    guest_os_id: guestOs.id,
    cross_zones: 1,
    created,
  })
  await insert('template_store_ref', {
    template_id: templateId,
    download_state: 'DOWNLOADED',
    size: GIB,
    physical_size: 50_000_000,
    sha256: 'a'.repeat(64),
    created,
    last_updated: 1,
  })
  const networkOffering = await db.selectFrom('network_offerings').select('id').limit(1).executeTakeFirstOrThrow()
  const network = uuid()
  await insert('networks', {
    uuid: network,
    name: 'net1',
    traffic_type: 'Guest',
    guest_type: options.networkType ?? 'L2',
    acl_type: 'Domain',
    broadcast_domain_type: 'Vlan',
    network_offering_id: networkOffering.id,
    data_center_id: zoneId,
    account_id: 1,
    domain_id: 1,
    state: 'Setup',
    created,
  })
  return { zone, offering, template, network, pool: { id: poolId, uuid: poolUuid }, hosts }
}
