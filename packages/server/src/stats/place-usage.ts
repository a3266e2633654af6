import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { fieldOf } from './series.ts'
import { passed, type Thresholds } from './thresholds.ts'
import { gbText, percentText } from './usage.ts'

export type PlaceHost = {
  readonly id: number
  readonly placeId: number
  readonly up: boolean
  readonly mhz: number
  readonly cpuAllocated: number
  readonly memoryTotal: number
  readonly memoryAllocated: number
}

/** Hosts of clusters or zones with what is allocated on them, by the place's id. */
export async function hostsOfPlaces(
  db: Queries,
  level: 'cluster_id' | 'data_center_id',
  ids: readonly number[],
): Promise<Map<number, PlaceHost[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('host')
    .leftJoin('host_capacity as c', 'c.host_id', 'host.id')
    .select(['host.id', `host.${level} as place`, 'host.status', 'c.cpu_total', 'c.cpu_used', 'c.cpu_reserved'])
    .select(['c.memory_total', 'c.memory_used', 'c.memory_reserved'])
    .where(`host.${level}`, 'in', [...ids])
    .where('host.removed', 'is', null)
    .where('host.type', '=', 'Routing')
    .execute()
  return Map.groupBy(
    rows.map((row) => ({
      id: row.id,
      placeId: Number(row.place),
      up: row.status === 'Up',
      mhz: row.cpu_total ?? 0,
      cpuAllocated: (row.cpu_used ?? 0) + (row.cpu_reserved ?? 0),
      memoryTotal: row.memory_total ?? 0,
      memoryAllocated: (row.memory_used ?? 0) + (row.memory_reserved ?? 0),
    })),
    (host) => host.placeId,
  )
}

/** The sums over hosts that CloudStack's metrics of clusters and zones show. Means weigh hosts by their size. */
export function placeUsage(ctx: ServerContext, hosts: readonly PlaceHost[], thresholds: Thresholds) {
  const total = (of: (host: PlaceHost) => number): number => hosts.reduce((sum, host) => sum + of(host), 0)
  const known = hosts.flatMap((host) => {
    const sample = ctx.stats.latest('host', host.id)?.sample
    const cpu = sample && fieldOf('host', sample, 'cpu')
    const memory = sample && fieldOf('host', sample, 'memory')
    return cpu === undefined || memory === undefined ? [] : [{ ...host, cpu: cpu / 100, memory }]
  })
  const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined)
  const sumKnown = (of: (host: (typeof known)[number]) => number): number =>
    known.reduce((sum, host) => sum + of(host), 0)
  const shares = {
    cpu: share(
      sumKnown((host) => host.cpu * host.mhz),
      sumKnown((host) => host.mhz),
    ),
    cpuAllocated: share(
      total((host) => host.cpuAllocated),
      total((host) => host.mhz),
    ),
    memory: share(
      sumKnown((host) => host.memory),
      sumKnown((host) => host.memoryTotal),
    ),
    memoryAllocated: share(
      total((host) => host.memoryAllocated),
      total((host) => host.memoryTotal),
    ),
  }
  return {
    cputotal: `${(total((host) => host.mhz) / 1000).toFixed(2)} Ghz`,
    cpuused: percentOf(shares.cpu),
    cpuallocated: percentOf(shares.cpuAllocated),
    cpumaxdeviation: deviation(known.map((host) => host.cpu)),
    memorytotal: gbText(total((host) => host.memoryTotal)),
    memoryused: percentOf(shares.memory),
    memoryallocated: percentOf(shares.memoryAllocated),
    memorymaxdeviation: deviation(known.map((host) => host.memory)),
    ...passed(shares, thresholds),
  }
}

function percentOf(share: number | undefined): string | undefined {
  return share === undefined ? undefined : percentText(share * 100)
}

/** How far the largest is above the mean, in percent of it. */
function deviation(values: readonly number[]): string | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return mean > 0 ? percentText(((Math.max(...values) - mean) / mean) * 100) : undefined
}
