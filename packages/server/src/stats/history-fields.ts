import type { Point } from './history.ts'
import { type Field, type Sample, type SeriesKind, seriesFields } from './series.ts'
import { diskUsage, mibText, sum, vmUsage } from './usage.ts'

/** Slots as CloudStack shows them: counts of a slot's whole length. */
export function vmHistory(points: readonly Point[], stepMs: number, ramMiB: number) {
  return points.map(({ at, sample }) => {
    const usage = vmUsage({ sample, spanMs: stepMs }, ramMiB)
    return {
      timestamp: at,
      ...usage,
      diskiopstotal: sum(usage.diskioread, usage.diskiowrite),
      networkread: mibText(usage.networkkbsread),
      networkwrite: mibText(usage.networkkbswrite),
    }
  })
}

export function volumeHistory(points: readonly Point[], stepMs: number) {
  return points.map(({ at, sample }) => {
    const usage = diskUsage('volume', sample, stepMs)
    return { timestamp: at, ...usage, diskiopstotal: sum(usage.diskioread, usage.diskiowrite) }
  })
}

/** Our names of the fields of every kind, as listStatsHistory shows them. */
const numericNames: Readonly<Record<Field<SeriesKind>, string>> = {
  cpu: 'cpu',
  memory: 'memory',
  load: 'load',
  netRx: 'networkread',
  netTx: 'networkwrite',
  diskRead: 'diskread',
  diskWrite: 'diskwrite',
  diskReadOps: 'diskioread',
  diskWriteOps: 'diskiowrite',
  cpuAllocated: 'cpuallocated',
  cpuTotal: 'cputotal',
  memoryAllocated: 'memoryallocated',
  memoryTotal: 'memorytotal',
  storageUsed: 'storageused',
  storageAllocated: 'storageallocated',
  storageTotal: 'storagetotal',
  used: 'storageused',
  allocated: 'storageallocated',
  effective: 'storagetotal',
  total: 'storagecapacity',
}
const bytes = new Set<string>([
  'memory',
  'memoryAllocated',
  'memoryTotal',
  'storageUsed',
  'storageAllocated',
  'storageTotal',
  'used',
  'allocated',
  'effective',
  'total',
])

export function numericFields(kind: SeriesKind, sample: Sample): Readonly<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const [index, field] of (seriesFields[kind] as readonly Field<SeriesKind>[]).entries()) {
    const value = sample[index] as number
    if (Number.isNaN(value)) continue
    found[numericNames[field]] = bytes.has(field) ? Math.round(value) : Number(value.toPrecision(5))
  }
  return found
}
