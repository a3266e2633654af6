import { type Field, fieldOf, type Sample, type SeriesKind } from './series.ts'
import type { Latest } from './stats.ts'

const kib = 1024
/** What CloudStack names of a sample that is of `spanMs`: shares as text, counts of the whole span. Pure. */
export type VmUsage = {
  readonly cpuused?: string | undefined
  readonly networkkbsread?: number | undefined
  readonly networkkbswrite?: number | undefined
  readonly memorykbs?: number | undefined
  readonly memoryintfreekbs?: number | undefined
  readonly memorytargetkbs?: number | undefined
} & DiskUsage
export type DiskUsage = {
  readonly diskkbsread?: number | undefined
  readonly diskkbswrite?: number | undefined
  readonly diskioread?: number | undefined
  readonly diskiowrite?: number | undefined
}

/** `ramMiB`: what the machine has where its report is not at hand. */
export function vmUsage({ sample, spanMs, memory }: Omit<Latest, 'at'>, ramMiB: number): VmUsage {
  const used = fieldOf('vm', sample, 'memory')
  const has = memory?.memoryBytes ?? ramMiB * kib * kib
  const free =
    memory === undefined ? (used === undefined ? undefined : Math.max(0, has - used)) : memory.memoryFreeBytes
  return {
    cpuused: percentText(fieldOf('vm', sample, 'cpu')),
    networkkbsread: kibOf('vm', sample, 'netRx', spanMs),
    networkkbswrite: kibOf('vm', sample, 'netTx', spanMs),
    ...diskUsage('vm', sample, spanMs),
    memorykbs: Math.round(has / kib),
    memoryintfreekbs: free === undefined ? undefined : Math.round(free / kib),
    memorytargetkbs: Math.round((memory?.memoryTargetBytes ?? has) / kib),
  }
}

export function diskUsage(kind: 'vm' | 'volume', sample: Sample, spanMs: number): DiskUsage {
  return {
    diskkbsread: kibOf(kind, sample, 'diskRead', spanMs),
    diskkbswrite: kibOf(kind, sample, 'diskWrite', spanMs),
    diskioread: countOf(kind, sample, 'diskReadOps', spanMs),
    diskiowrite: countOf(kind, sample, 'diskWriteOps', spanMs),
  }
}

/** Fields of a host; what its sample does not say is left to others. */
export function hostUsage({ sample, spanMs }: Pick<Latest, 'sample' | 'spanMs'>) {
  const memory = fieldOf('host', sample, 'memory')
  const load = fieldOf('host', sample, 'load')
  return {
    cpuused: percentText(fieldOf('host', sample, 'cpu')),
    networkkbsread: kibOf('host', sample, 'netRx', spanMs),
    networkkbswrite: kibOf('host', sample, 'netTx', spanMs),
    ...(memory === undefined ? {} : { memoryused: Math.round(memory) }),
    ...(load === undefined ? {} : { cpuloadaverage: load }),
  }
}

/** KiB that a rate of bytes came to. */
export function kibOf<K extends SeriesKind>(
  kind: K,
  sample: Sample,
  field: Field<K>,
  spanMs: number,
): number | undefined {
  const rate = fieldOf(kind, sample, field)
  return rate === undefined ? undefined : Math.round((rate * spanMs) / 1000 / kib)
}

function countOf<K extends SeriesKind>(kind: K, sample: Sample, field: Field<K>, spanMs: number): number | undefined {
  const rate = fieldOf(kind, sample, field)
  return rate === undefined ? undefined : Math.round((rate * spanMs) / 1000)
}

/** `12.34%`. */
export function percentText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value.toFixed(2)}%`
}

/** The number of `12.34%`. */
export function percentNumber(text: unknown): number | undefined {
  const value = typeof text === 'string' ? Number.parseFloat(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

export function mibText(kibs: number | undefined): string | undefined {
  return kibs === undefined ? undefined : `${(kibs / kib).toFixed(2)} MiB`
}
export function gbText(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${(bytes / kib ** 3).toFixed(2)} GB`
}
export function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}
