import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { databaseKinds, skipWithout, stopTestDatabases } from '../../packages/server/src/testing/test-databases.ts'
import type { Body } from '../../packages/server/src/testing/test-server.ts'
import { type SimulatedZone, startSimulatedZone } from '../clients/environment.ts'

// Simulated hosts report over real TLS what they and their guests use; every figure below went that way.
const settings = { 'host.stats.interval': '300', 'vm.stats.interval': '300' }

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what}: not within 20 s`)
}

for (const kind of databaseKinds)
  describe(`metrics on ${kind}`, skipWithout(kind), () => {
    let zone: SimulatedZone
    let vm: Body
    const call = (command: string, params = {}) => zone.server.call(command, params)
    before(async () => {
      zone = await startSimulatedZone({ hosts: 1, database: kind, settings })
      const made = await zone.server.run('deployVirtualMachine', {
        zoneid: zone.zone,
        serviceofferingid: zone.offering,
        templateid: zone.template,
        name: 'busy',
      })
      vm = made.virtualmachine
    })
    after(async () => {
      await zone?.stop()
      await stopTestDatabases()
    })

    test('lists show what machines, volumes and hosts use now', async () => {
      const shown = await until('figures of the machine', async () => {
        const { virtualmachine } = await call('listVirtualMachinesMetrics', { id: vm.id })
        return virtualmachine[0].cpuused === undefined ? undefined : virtualmachine[0]
      })
      assert.match(shown.cpuused, /^\d+\.\d\d%$/)
      assert.equal(shown.cputotal, '0.5 Ghz')
      assert.equal(shown.memorytotal, '0.25 GiB')
      assert.equal(shown.memorykbs, 256 * 1024)
      assert.ok(shown.memoryintfreekbs > 0 && shown.memoryintfreekbs < shown.memorykbs)
      assert.match(shown.networkread, /^\d+\.\d\d MiB$/)
      assert.equal(shown.diskiopstotal, shown.diskioread + shown.diskiowrite)
      const { virtualmachine: few } = await call('listVirtualMachines', { id: vm.id, details: 'min' })
      assert.equal(few[0].cpuused, undefined)
      const { virtualmachine: some } = await call('listVirtualMachines', { id: vm.id, details: 'stats' })
      assert.match(some[0].cpuused, /%$/)
      assert.equal(some[0].templateid, undefined)

      const { volume } = await call('listVolumesMetrics', { virtualmachineid: vm.id })
      assert.ok(volume[0].diskkbswrite >= 0 && volume[0].physicalsize > 0)
      assert.match(volume[0].sizegb, / GiB$/)

      const host = await until('figures of the host', async () => {
        const { host: hosts } = await call('listHostsMetrics', { type: 'Routing' })
        return hosts[0].cpuusedghz === undefined ? undefined : hosts[0]
      })
      assert.equal(host.instances, '1 / 1')
      assert.equal(host.cputotalghz, '80.00 Ghz')
      assert.equal(host.memorytotalgb, '128.00 GB')
      assert.match(host.memoryusedgb, /^\d+\.\d\d GB$/)
      assert.equal(host.cputhreshold, false)
      assert.equal(host.memoryallocateddisablethreshold, false)
      const { cluster } = await call('listClustersMetrics')
      assert.equal(cluster[0].hosts, '1 / 1')
      assert.equal(cluster[0].state, 'Enabled')
      assert.match(cluster[0].cpuused, /^\d+\.\d\d%$/)
      assert.equal(cluster[0].cpumaxdeviation, '0.00%')
      const { zone: zones } = await call('listZonesMetrics')
      assert.equal(zones[0].clusters, '1 / 1')
      assert.equal(zones[0].memorytotal, cluster[0].memorytotal)
      const { storagepool } = await call('listStoragePoolsMetrics')
      assert.match(storagepool[0].disksizetotalgb, /^\d+\.\d\d GB \(x2(\.0)?\)$/)
      assert.equal(storagepool[0].storageusagethreshold, false)
      const { infrastructure } = await call('listInfrastructure')
      assert.deepEqual([infrastructure.zones, infrastructure.hosts, infrastructure.systemvms], [1, 1, 0])
    })

    test('histories answer slots of the finest step, and refuse what makes no sense', async () => {
      await until('a slot, also while it is not written yet', async () => {
        const { virtualmachine } = await call('listVirtualMachinesUsageHistory', { id: vm.id })
        return virtualmachine[0].stats.length > 0 ? true : undefined
      })
      const { virtualmachine } = await call('listVirtualMachinesUsageHistory', { name: 'busy' })
      assert.equal(virtualmachine[0].name, 'busy')
      const [slot] = virtualmachine[0].stats
      assert.match(slot.cpuused, /%$/)
      assert.ok(Math.abs(Date.parse(slot.timestamp) - Date.now()) < 3_700_000)
      const { volume } = await call('listVolumesUsageHistory')
      assert.ok(volume[0].stats[0].diskkbswrite >= 0)
      assert.deepEqual(await call('listSystemVmsUsageHistory'), {})

      const { statshistory } = await call('listStatsHistory', { virtualmachineid: vm.id })
      assert.equal(statshistory[0].step, 30)
      assert.ok(statshistory[0].stats[0].cpu > 0)
      assert.equal(statshistory[0].trend, undefined)
      const day = new Date(Date.now() - 20 * 3_600_000).toISOString()
      assert.equal(
        (await call('listStatsHistory', { virtualmachineid: vm.id, startdate: day })).statshistory[0].step,
        300,
      )
      await assert.rejects(call('listStatsHistory'), /Exactly one/)
      await assert.rejects(call('listStatsHistory', { zoneid: zone.zone, clusterid: zone.cluster }), /Exactly one/)
      const past = { startdate: '2030-01-02', enddate: '2030-01-01' }
      await assert.rejects(call('listVirtualMachinesUsageHistory', past), /startdate is after enddate/)
      await assert.rejects(call('listStatsHistory', { hostid: zone.server.ctx.runtime.uuid() }), { errorcode: 431 })
    })

    test('clusters, zones and pools have a history and tell when they are full', async () => {
      const { samplePlaces } = await import('../../packages/server/src/stats/sample-places.ts')
      await samplePlaces(zone.server.ctx)
      await zone.server.ctx.stats.write(true)
      for (const params of [{ clusterid: zone.cluster }, { zoneid: zone.zone }]) {
        const { statshistory } = await call('listStatsHistory', params)
        assert.ok(statshistory[0].stats[0].memorytotal > 0)
        assert.deepEqual(
          statshistory[0].trend.map((one: Body) => one.capacity),
          ['CPU', 'MEMORY', 'STORAGE_ALLOCATED'],
        )
        assert.equal(statshistory[0].trend[0].threshold, 80)
        assert.equal(statshistory[0].trend[0].days, undefined)
      }
      const { statshistory } = await call('listStatsHistory', { storageid: zone.pool })
      assert.equal(statshistory[0].trend[0].capacity, 'STORAGE')
    })

    test('Prometheus reads the cloud under the names that it knows, if its address is allowed', async () => {
      const { startExporter } = await import('../../packages/server/src/metrics/exporter-server.ts')
      const exporter = await startExporter(zone.server.ctx, 0, '127.0.0.1')
      assert.ok(exporter)
      try {
        const ask = (path = '/metrics') => fetch(`http://127.0.0.1:${exporter.port}${path}`)
        const text = await (await ask()).text()
        for (const line of [
          /^cloudstack_hosts_total\{zone="zone1",filter="online"\} 1$/m,
          /^cloudstack_vms_total\{zone="zone1",filter="running"\} 1$/m,
          /^cloudstack_host_cpu_usage_mhz_total\{zone="zone1",hostname="sim1",ip="[\d.]+",overprovisioningfactor="[\d.]+",tags="",filter="used"\} \d/m,
          /^cloudstack_host_memory_usage_mibs_total\{.*filter="total"\} 131072$/m,
          /^cloudstack_storage_pool_gibs_total\{zone="zone1",name="primary1",.*filter="total"\} \d/m,
          /^cloudstack_shared_network_ips_total\{zone="zone1",filter="allocated"\} 1$/m,
          /^cloudstack_host_cert_expiry_timestamp\{.*\} \d{10}$/m,
          /^altostack_host_network_received_bytes_per_second\{.*\} \d/m,
          /^altostack_api_requests_total/m,
        ])
          assert.match(text, line)
        assert.equal((await ask('/')).status, 404)
        await call('updateConfiguration', { name: 'prometheus.exporter.allowed.ips', value: '10.9.9.9,192.0.2.0/24' })
        const refused = await ask()
        assert.equal(refused.status, 403)
        assert.match(await refused.text(), /prometheus.exporter.allowed.ips/)
      } finally {
        await exporter.close()
      }
    })

    test('a tenant sees its own machines only, and nothing of the infrastructure', async () => {
      const tenant = await zone.server.addAccount(`tenant-${kind}`, 'User')
      const as = (command: string, params = {}) => zone.server.call(command, params, tenant)
      assert.deepEqual(await as('listVirtualMachinesMetrics', { listall: true }), {})
      assert.deepEqual(await as('listVirtualMachinesUsageHistory'), {})
      assert.deepEqual(await as('listVolumesUsageHistory'), {})
      await assert.rejects(as('listVirtualMachinesUsageHistory', { id: vm.id }), { errorcode: 531 })
      await assert.rejects(as('listStatsHistory', { virtualmachineid: vm.id }), { errorcode: 531 })
      // A zone is everybody's to see; what it uses is not.
      await assert.rejects(as('listStatsHistory', { zoneid: zone.zone }), /Exactly one/)
      await assert.rejects(as('listHostsMetrics'), { errorcode: 401 })
    })

    test('a host that tells of guests that are not on it is not believed', async () => {
      const { ctx } = zone.server
      const { statsListener } = await import('../../packages/server/src/stats/stats.listener.ts')
      const row = await ctx.db.selectFrom('vm_instance').select(['id', 'uuid']).executeTakeFirstOrThrow()
      const before = ctx.stats.latest('vm', row.id)
      const guest = { uuid: row.uuid, cpuPercent: 99, memoryBytes: 1, memoryTargetBytes: 1, volumes: [] }
      await statsListener.stats?.(ctx, 999, { clock: 0, spanMs: 1000, guests: [guest] })
      assert.notEqual(ctx.stats.latest('vm', row.id)?.memory?.memoryBytes, 1)
      assert.ok(before)
      await zone.server.run('stopVirtualMachine', { id: vm.id, forced: true })
      const { virtualmachine } = await call('listVirtualMachinesMetrics', { id: vm.id })
      assert.equal(virtualmachine[0].cpuused, undefined, 'a stopped machine uses nothing')
    })
  })
