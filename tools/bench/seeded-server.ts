/**
 * The shipping server with big tables, in a process of its own: `node tools/bench/seeded-server.ts KIND MACHINES`. Rows go
 * straight into the product's schema: hosts, virtual machines with a NIC each, and two volumes a machine. Prints one line
 * of JSON when they are there, and ends when standard input does.
 */
import { writeSync } from 'node:fs'

import { capacityDuty } from '../../packages/server/src/reconcile/capacity.duty.ts'
import { insertModelZone } from '../../packages/server/src/testing/model-zone.ts'
import { stopTestDatabases } from '../../packages/server/src/testing/test-databases.ts'
import { startTestServer } from '../../packages/server/src/testing/test-server.ts'

const kind = process.argv[2] === 'mariadb' ? 'mariadb' : 'sqlite'
const machines = Number(process.argv[3])

const server = await startTestServer({ database: kind, console: true })
const { db, runtime } = server.ctx
const zone = await insertModelZone(db, runtime.uuid, { hosts: 1 })
const template = await db
  .selectFrom('vm_template')
  .selectAll()
  .where('uuid', '=', zone.template)
  .executeTakeFirstOrThrow()
const offering = await db
  .selectFrom('service_offering')
  .selectAll()
  .where('uuid', '=', zone.offering)
  .executeTakeFirstOrThrow()
const network = await db.selectFrom('networks').selectAll().where('uuid', '=', zone.network).executeTakeFirstOrThrow()
const first = await db.selectFrom('host').selectAll().where('id', '=', zone.hosts[0]!.id).executeTakeFirstOrThrow()
const { id: _, ...host } = first

await fill('host', machines, (index) => ({
  ...host,
  uuid: runtime.uuid(),
  guid: runtime.uuid(),
  name: `kvm-${index}`,
  private_ip_address: address(index),
}))
await fill('host_capacity', machines, (index) => ({
  host_id: first.id + 1 + index,
  cpu_total: 8000,
  memory_total: 8 * 1024 ** 3,
  cores_total: 4,
  vms: index % 10 === 0 ? 0 : 1,
}))
await fill('vm_instance', machines, (index) => ({
  uuid: runtime.uuid(),
  name: `vm-${index}`,
  display_name: `vm ${index}`,
  instance_name: `i-2-${index}-VM`,
  state: index % 10 === 0 ? 'Stopped' : 'Running',
  account_id: 2,
  domain_id: 1,
  user_id: 2,
  data_center_id: network.data_center_id,
  host_id: index % 10 === 0 ? null : first.id + 1 + index,
  service_offering_id: offering.id,
  vm_template_id: template.id,
  guest_os_id: template.guest_os_id,
  hypervisor_type: 'KVM',
  cpu: 1,
  speed: 500,
  ram_size: 512,
  created: 1,
  update_time: 1,
}))
await fill('nics', machines, (index) => ({
  uuid: runtime.uuid(),
  instance_id: index + 1,
  network_id: network.id,
  mac_address: `1e:00:00:${[16, 8, 0].map((shift) => ((index >> shift) & 255).toString(16).padStart(2, '0')).join(':')}`,
  ip4_address: address(index),
  netmask: '255.0.0.0',
  gateway: '10.0.0.1',
  device_id: 0,
  default_nic: 1,
  state: 'Reserved',
  created: 1,
}))
await fill('volumes', machines * 2, (index) => ({
  uuid: runtime.uuid(),
  name: `${index < machines ? 'ROOT' : 'DATA'}-${index}`,
  account_id: 2,
  domain_id: 1,
  pool_id: zone.pool.id,
  instance_id: index < machines ? index + 1 : null,
  device_id: 0,
  data_center_id: network.data_center_id,
  volume_type: index < machines ? 'ROOT' : 'DATADISK',
  state: 'Ready',
  disk_offering_id: offering.disk_offering_id,
  template_id: template.id,
  size: 1024 ** 3,
  created: 1,
}))

const ended = new AbortController()
const beside = compareClaims()
const { apiKey, secretKey } = server.admin
writeSync(1, `${JSON.stringify({ url: server.url, keys: { apiKey, secretKey } })}\n`)
process.stdin.resume()
process.stdin.once('end', () => {
  ended.abort()
  beside
    .then(() => server.stop())
    .then(stopTestDatabases)
    .finally(() => process.exit(0))
})

/** Every five minutes in production: here often enough that each list is measured beside it. */
async function compareClaims(): Promise<void> {
  while (!ended.signal.aborted) {
    await runtime.sleep(5000, ended.signal).catch(() => undefined)
    if (!ended.signal.aborted) await capacityDuty.run(server.ctx)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: one door for many tables
async function fill(table: string, count: number, row: (index: number) => any): Promise<void> {
  const batch = 500
  for (let start = 0; start < count; start += batch) {
    const rows = Array.from({ length: Math.min(batch, count - start) }, (_, index) => row(start + index))
    // biome-ignore lint/suspicious/noExplicitAny: the table is a variable
    await db.transaction().execute(async (tx) => void (await (tx as any).insertInto(table).values(rows).execute()))
  }
}

function address(index: number): string {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
}
