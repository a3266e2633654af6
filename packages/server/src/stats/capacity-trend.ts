import type { Point } from './history.ts'
import { type Field, fieldOf, type SeriesKind } from './series.ts'
import { type SharePoint, trendOf } from './trend.ts'

/** From this share on a place should be expanded, percent. */
export const expandAtPercent = 80

type Pair<K extends SeriesKind> = { readonly capacity: string; readonly used: Field<K>; readonly total: Field<K> }
const placePairs: readonly Pair<'cluster'>[] = [
  { capacity: 'CPU', used: 'cpuAllocated', total: 'cpuTotal' },
  { capacity: 'MEMORY', used: 'memoryAllocated', total: 'memoryTotal' },
  { capacity: 'STORAGE_ALLOCATED', used: 'storageAllocated', total: 'storageTotal' },
]
const poolPairs: readonly Pair<'pool'>[] = [
  { capacity: 'STORAGE', used: 'used', total: 'total' },
  { capacity: 'STORAGE_ALLOCATED', used: 'allocated', total: 'effective' },
]

export type CapacityTrend = {
  readonly capacity: string
  readonly used: number
  readonly total: number
  readonly percentused: number
  readonly threshold: number
  readonly changeperday?: number
  readonly days?: number | undefined
}

/** When the capacities of a zone, cluster or pool reach the threshold, by the kept week; none for other kinds. Pure. `newest`: what is exactly so now. */
export function capacityTrends(kind: SeriesKind, week: readonly Point[], newest?: Point): CapacityTrend[] {
  const points = newest === undefined ? week : [...week.filter(({ at }) => at < newest.at), newest]
  if (kind === 'pool') return trendsOf('pool', poolPairs, points)
  return kind === 'cluster' || kind === 'zone' ? trendsOf('cluster', placePairs, points) : []
}

function trendsOf<K extends SeriesKind>(kind: K, pairs: readonly Pair<K>[], week: readonly Point[]): CapacityTrend[] {
  return pairs.flatMap(({ capacity, used, total }) => {
    const points = week.flatMap(({ at, sample }) => {
      const part = fieldOf(kind, sample, used)
      const whole = fieldOf(kind, sample, total)
      return part === undefined || whole === undefined || whole <= 0 ? [] : [{ at, part, whole, share: part / whole }]
    })
    const last = points.at(-1)
    if (last === undefined) return []
    const trend = trendOf(points satisfies readonly SharePoint[], expandAtPercent / 100)
    return [
      {
        capacity,
        used: Math.round(last.part),
        total: Math.round(last.whole),
        percentused: Number((last.share * 100).toFixed(2)),
        threshold: expandAtPercent,
        ...(trend === undefined
          ? last.share * 100 >= expandAtPercent
            ? { days: 0 }
            : {}
          : { changeperday: Number((trend.perDay * 100).toFixed(3)), days: rounded(trend.days) }),
      },
    ]
  })
}

function rounded(days: number | undefined): number | undefined {
  return days === undefined ? undefined : Number(days.toFixed(1))
}
