import type { Row } from '../contract/contract-types.ts'

export const measures = ['state', 'cpu', 'memory', 'storage'] as const
export type Measure = (typeof measures)[number]

/** How full a host is by a measure, 0 to 100; undefined where nobody knows. Storage is that of its cluster's pools. */
export function measureOf(measure: Measure, host: Row, pools: readonly Row[]): number | undefined {
  if (measure === 'cpu') return percent(host.cpuallocated)
  if (measure === 'memory') return percent(host.memoryallocatedpercentage)
  if (measure === 'storage') {
    const own = pools.filter((pool) => pool.clusterid === host.clusterid)
    const total = own.reduce((sum, pool) => sum + Number(pool.disksizetotal ?? 0), 0)
    const used = own.reduce((sum, pool) => sum + Number(pool.disksizeused ?? 0), 0)
    return total > 0 ? Math.min(100, (used / total) * 100) : undefined
  }
  return undefined
}

function percent(text: unknown): number | undefined {
  const value = Number.parseFloat(String(text ?? '').replace(',', '.'))
  return Number.isNaN(value) ? undefined : Math.min(100, value)
}
