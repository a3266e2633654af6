/**
 * List bench: 25,000 hosts, 25,000 virtual machines with a NIC each and 50,000 volumes; pages of 500 through real HTTP.
 * `node packages/server/bench/lists.ts [sqlite|mariadb] [machines]` prints one JSON line a command.
 */
import { insertModelZone } from '../src/testing/model-zone.ts'
import { startTestServer } from '../src/testing/test-server.ts'

const kind = process.argv[2] === 'mariadb' ? 'mariadb' : 'sqlite'
const machines = Number(process.argv[3] ?? 25_000)
const turns = 60

const server = await startTestServer({ database: kind })
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

// biome-ignore lint/suspicious/noExplicitAny: one door for many tables
async function fill(table: string, count: number, row: (index: number) => any): Promise<void> {
  const batch = 500
  for (let start = 0; start < count; start += batch) {
    await db.transaction().execute(async (tx) => {
      const rows = Array.from({ length: Math.min(batch, count - start) }, (_, index) => row(start + index))
      // biome-ignore lint/suspicious/noExplicitAny: the table is a variable
      await (tx as any).insertInto(table).values(rows).execute()
    })
  }
}

const { id: _, ...host } = first
await fill('host', machines, (index) => ({
  ...host,
  uuid: runtime.uuid(),
  guid: runtime.uuid(),
  name: `kvm-${index}`,
  private_ip_address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
}))
await fill('host_capacity', machines, (index) => ({
  host_id: first.id + 1 + index,
  cpu_total: 8000,
  memory_total: 8 * 1024 ** 3,
  cores_total: 4,
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
  ip4_address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
  netmask: '255.0.0.0',
  gateway: '10.0.0.1',
  device_id: 0,
  default_nic: 1,
  state: 'Reserved',
  created: 1,
}))
await fill('volumes', machines * 2, (index) => ({
  uuid: runtime.uuid(),
  name: `ROOT-${index}`,
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

const cases: readonly (readonly [string, Record<string, string | number | boolean>])[] = [
  ['listVirtualMachines', { listall: true, pagesize: 500 }],
  ['listVirtualMachines', { listall: true, pagesize: 500, state: 'Running' }],
  ['listVirtualMachines', { listall: true, pagesize: 500, keyword: 'vm-1' }],
  ['listVolumes', { listall: true, pagesize: 500 }],
  ['listVolumes', { listall: true, pagesize: 500, type: 'ROOT' }],
  ['listHosts', { pagesize: 500 }],
  ['listCapacity', {}],
]
for (const [command, params] of cases) {
  const times: number[] = []
  try {
    for (let turn = 0; turn < turns; turn++) {
      const paged = 'pagesize' in params ? { ...params, page: 1 + ((turn * 7) % 45) } : params
      const start = performance.now()
      await server.call(command, paged)
      times.push(performance.now() - start)
    }
  } catch (error) {
    console.log(JSON.stringify({ bench: 'lists', command, params, error: (error as Error).message }))
    continue
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    Number(times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1))
  console.log(
    JSON.stringify({ bench: 'lists', database: kind, machines, command, params, p50Ms: at(0.5), p99Ms: at(0.99) }),
  )
}
await server.stop()
process.exit(0)
