import { Gauge, Registry } from 'prom-client'
import type { ServerContext } from '../context.ts'
import { fieldOf } from '../stats/index.ts'
import { readCloud } from './cloud.repository.ts'

const mib = 1024 ** 2
const gib = 1024 ** 3

/** A gauge whose labels are given with each value. */
type Put = (labels: Readonly<Record<string, string | number>>, value: number | undefined) => void

/**
 * The state of the cloud in Prometheus' text form: CloudStack's names and labels where its exporter has them, then ours.
 * Made anew at each scrape: a fixed number of queries, and one line a host and pool; virtual machines are counted only.
 */
export async function cloudMetrics(ctx: ServerContext): Promise<string> {
  const registry = new Registry()
  const gauge = (name: string, help: string, labelNames: readonly string[]): Put => {
    const own = new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] })
    return (labels, value) => {
      if (value !== undefined && Number.isFinite(value)) own.set(labels as Record<string, string>, value)
    }
  }
  const cloud = await readCloud(ctx.db)
  const factor = await ctx.config.number('storage.overprovisioning.factor')
  hostMetrics(ctx, gauge, cloud)
  poolMetrics(gauge, cloud, factor)
  const counts = (name: string, help: string, rows: readonly { zone: string; filter: string; n: number }[]): void => {
    const put = gauge(name, help, ['zone', 'filter'])
    for (const { zone, filter, n } of rows) put({ zone, filter: filter.toLowerCase() }, Number(n))
  }
  counts('cloudstack_vms_total', 'Virtual machines by state.', cloud.vms)
  counts('cloudstack_volumes_total', 'Volumes by state.', cloud.volumes)
  counts('cloudstack_shared_network_ips_total', 'Addresses of shared networks.', cloud.addresses)
  return await registry.metrics()
}

type Cloud = Awaited<ReturnType<typeof readCloud>>
type MakeGauge = (name: string, help: string, labelNames: readonly string[]) => Put

function hostMetrics(ctx: ServerContext, gauge: MakeGauge, cloud: Cloud): void {
  const own = ['zone', 'hostname', 'ip'] as const
  const hosts = gauge('cloudstack_hosts_total', 'Hosts.', ['zone', 'filter'])
  const cores = gauge('cloudstack_host_vms_cores_total', 'CPU cores.', [...own, 'filter', 'dedicated', 'tags'])
  const cpu = gauge('cloudstack_host_cpu_usage_mhz_total', 'CPU in MHz.', [
    ...own,
    'overprovisioningfactor',
    'filter',
    'tags',
  ])
  const memory = gauge('cloudstack_host_memory_usage_mibs_total', 'Memory in MiB.', [
    ...own,
    'overprovisioningfactor',
    'filter',
    'dedicated',
    'tags',
  ])
  const vms = gauge('cloudstack_host_vms_total', 'Virtual machines on a host.', ['zone', 'hostname', 'address'])
  const expiry = gauge(
    'cloudstack_host_cert_expiry_timestamp',
    "Seconds since 1970 when a host's certificate ends.",
    own,
  )
  const missing = gauge('cloudstack_host_missing_info', 'Figures of a host that are not there.', [
    'zone',
    'hostname',
    'filter',
  ])
  const flows = (['netRx', 'netTx', 'diskRead', 'diskWrite'] as const).map((field) => ({
    field,
    put: gauge(`altostack_host_${flowNames[field]}_bytes_per_second`, `${flowHelp[field]} by a host.`, own),
  }))
  const load = gauge('altostack_host_load1', 'Load average over a minute.', own)
  for (const [zone, ofZone] of Map.groupBy(cloud.hosts, (host) => host.zone)) {
    const up = ofZone.filter((host) => host.status === 'Up').length
    hosts({ zone, filter: 'online' }, up)
    hosts({ zone, filter: 'offline' }, ofZone.length - up)
    hosts({ zone, filter: 'total' }, ofZone.length)
    const sum = (of: (host: Cloud['hosts'][number]) => number): number => ofZone.reduce((all, one) => all + of(one), 0)
    cpu(
      { zone, filter: 'allocated' },
      sum((host) => host.cpuUsed),
    )
    memory({ zone, filter: 'allocated' }, sum((host) => host.memoryUsed) / mib)
    cores(
      { zone, filter: 'allocated' },
      sum((host) => host.coresUsed),
    )
    for (const host of ofZone) {
      const at = { zone, hostname: host.name, ip: host.ip }
      const tags = cloud.tags.get(host.id) ?? ''
      const sample = ctx.stats.latest('host', host.id)?.sample
      const used = sample && fieldOf('host', sample, 'cpu')
      const cpuOf = { ...at, overprovisioningfactor: host.cpuRatio, tags }
      cpu({ ...cpuOf, filter: 'allocated' }, host.cpuUsed)
      cpu({ ...cpuOf, filter: 'used' }, used === undefined ? undefined : (used / 100) * host.cpuTotal)
      cpu({ ...cpuOf, filter: 'total' }, host.cpuTotal)
      const memoryOf = { ...at, overprovisioningfactor: host.memoryRatio, dedicated: 0, tags }
      const bytes = sample && fieldOf('host', sample, 'memory')
      memory({ ...memoryOf, filter: 'allocated' }, host.memoryUsed / mib)
      memory({ ...memoryOf, filter: 'used' }, bytes === undefined ? undefined : bytes / mib)
      memory({ ...memoryOf, filter: 'total' }, host.memoryTotal / mib)
      cores({ ...at, filter: 'used', dedicated: 0, tags }, host.coresUsed)
      cores({ ...at, filter: 'total', dedicated: 0, tags }, host.coresTotal)
      vms({ zone, hostname: host.name, address: host.ip }, host.vms)
      expiry(at, host.expires === null ? undefined : Math.floor(host.expires / 1000))
      if (sample === undefined) missing({ zone, hostname: host.name, filter: 'hostStats' }, -1)
      for (const { field, put } of flows) put(at, sample && fieldOf('host', sample, field))
      load(at, sample && fieldOf('host', sample, 'load'))
    }
  }
}

const flowNames = {
  netRx: 'network_received',
  netTx: 'network_sent',
  diskRead: 'disk_read',
  diskWrite: 'disk_written',
} as const
const flowHelp = {
  netRx: 'Bytes received a second',
  netTx: 'Bytes sent a second',
  diskRead: 'Bytes read from disks a second',
  diskWrite: 'Bytes written to disks a second',
} as const

function poolMetrics(gauge: MakeGauge, cloud: Cloud, factor: number): void {
  const put = gauge('cloudstack_storage_pool_gibs_total', 'Space of storage pools in GiB.', [
    'zone',
    'name',
    'address',
    'type',
    'overprovisioningfactor',
    'filter',
  ])
  for (const pool of cloud.pools) {
    const own = pool.scope === 'HOST' ? 1 : factor
    const labels = {
      zone: pool.zone,
      name: pool.name,
      address: pool.path,
      type: 'primary',
      overprovisioningfactor: own,
    }
    put({ ...labels, filter: 'used' }, pool.used_bytes / gib)
    put({ ...labels, filter: 'allocated' }, pool.allocated_bytes / gib)
    put({ ...labels, filter: 'unallocated' }, (pool.capacity_bytes * own - pool.allocated_bytes) / gib)
    put({ ...labels, filter: 'total' }, pool.capacity_bytes / gib)
  }
}
