import type { CapacityFilter, CapacitySum } from './capacity-list.repository.ts'

/** Adds the sums of clusters and pools up to the level that was asked for. Pure. */
export function sumUp(sums: readonly CapacitySum[], level: CapacityFilter['level']): readonly CapacitySum[] {
  const added = new Map<string, CapacitySum>()
  for (const sum of sums) {
    const podId = level === 'zone' ? null : sum.podId
    const clusterId = level === 'cluster' ? sum.clusterId : null
    const key = `${sum.zoneId} ${podId} ${clusterId} ${sum.type}`
    const before = added.get(key)
    added.set(key, {
      type: sum.type,
      zoneId: sum.zoneId,
      podId,
      clusterId,
      used: (before?.used ?? 0) + sum.used,
      total: (before?.total ?? 0) + sum.total,
    })
  }
  return [...added.values()].sort(
    (a, b) =>
      a.zoneId - b.zoneId ||
      (a.podId ?? 0) - (b.podId ?? 0) ||
      (a.clusterId ?? 0) - (b.clusterId ?? 0) ||
      a.type - b.type,
  )
}

/** Share in percent with two decimals, without a sign; 0 of nothing is 0. */
export function percentUsed(sum: Pick<CapacitySum, 'used' | 'total'>): string {
  return sum.total <= 0 ? '0' : ((sum.used / sum.total) * 100).toFixed(2)
}
