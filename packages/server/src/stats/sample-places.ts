import { type CapacitySum, capacitySums } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import { fieldOf, type Sample, sampleOf } from './series.ts'

const spanMs = 60_000
const capacityNumbers = { memory: 0, cpu: 1, storage: 2, storageAllocated: 3 } as const

/** Records one sample of each cluster, zone and pool from the newest figures of hosts and from what is allocated. */
export async function samplePlaces(ctx: ServerContext): Promise<void> {
  const at = ctx.runtime.now()
  const hosts = await ctx.db
    .selectFrom('host')
    .select(['id', 'cluster_id', 'data_center_id', 'cpus', 'speed'])
    .where('removed', 'is', null)
    .where('type', '=', 'Routing')
    .execute()
  const used = hosts.map((host) => ({
    cluster: host.cluster_id,
    zone: host.data_center_id,
    mhz: (host.cpus ?? 0) * (host.speed ?? 0),
    sample: ctx.stats.latest('host', host.id)?.sample,
  }))
  const levels = [
    { kind: 'cluster', of: (sum: CapacitySum) => sum.clusterId, groups: Map.groupBy(used, (host) => host.cluster) },
    { kind: 'zone', of: (sum: CapacitySum) => sum.zoneId, groups: Map.groupBy(used, (host) => host.zone) },
  ] as const
  for (const { kind, of, groups } of levels) {
    const sums = Map.groupBy(await capacitySums(ctx, ctx.db, { level: kind }), of)
    for (const [id, own] of groups as Map<number | null, typeof used>) {
      if (id !== null) ctx.stats.record(kind, id, { at, spanMs, sample: placeSample(own, sums.get(id) ?? []) })
    }
  }
  await samplePools(ctx, at)
}

function placeSample(
  hosts: readonly { readonly mhz: number; readonly sample: Sample | undefined }[],
  sums: readonly CapacitySum[],
): Sample {
  const known = hosts.flatMap(({ mhz, sample }) => (sample === undefined ? [] : [{ mhz, sample }]))
  const add = (field: Parameters<typeof fieldOf<'host'>>[2]): number | undefined =>
    known.length === 0 ? undefined : known.reduce((sum, one) => sum + (fieldOf('host', one.sample, field) ?? 0), 0)
  const mhz = known.reduce((sum, one) => sum + one.mhz, 0)
  const busy = known.reduce((sum, one) => sum + ((fieldOf('host', one.sample, 'cpu') ?? 0) / 100) * one.mhz, 0)
  const capacity = (type: number) => sums.find((sum) => sum.type === type)
  return sampleOf('cluster', {
    cpu: mhz === 0 ? undefined : (busy / mhz) * 100,
    memory: add('memory'),
    netRx: add('netRx'),
    netTx: add('netTx'),
    diskRead: add('diskRead'),
    diskWrite: add('diskWrite'),
    diskReadOps: add('diskReadOps'),
    diskWriteOps: add('diskWriteOps'),
    cpuAllocated: capacity(capacityNumbers.cpu)?.used,
    cpuTotal: capacity(capacityNumbers.cpu)?.total,
    memoryAllocated: capacity(capacityNumbers.memory)?.used,
    memoryTotal: capacity(capacityNumbers.memory)?.total,
    storageUsed: capacity(capacityNumbers.storage)?.used,
    storageAllocated: capacity(capacityNumbers.storageAllocated)?.used,
    storageTotal: capacity(capacityNumbers.storageAllocated)?.total,
  })
}

async function samplePools(ctx: ServerContext, at: number): Promise<void> {
  const factor = await ctx.config.number('storage.overprovisioning.factor')
  const pools = await ctx.db
    .selectFrom('storage_pool')
    .select(['id', 'used_bytes', 'allocated_bytes', 'capacity_bytes', 'scope'])
    .where('removed', 'is', null)
    .where('status', '=', 'Up')
    .execute()
  for (const pool of pools) {
    ctx.stats.record('pool', pool.id, {
      at,
      spanMs,
      sample: sampleOf('pool', {
        used: pool.used_bytes,
        allocated: pool.allocated_bytes,
        total: pool.capacity_bytes,
        effective: pool.capacity_bytes * (pool.scope === 'HOST' ? 1 : factor),
      }),
    })
  }
}
