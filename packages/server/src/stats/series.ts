/**
 * What is kept of each kind of object, in this order; a field may be added at the end only. Rates are a second, sizes in
 * bytes, `cpu` in percent, `cpuAllocated` and `cpuTotal` in MHz.
 */
const flow = ['netRx', 'netTx', 'diskRead', 'diskWrite', 'diskReadOps', 'diskWriteOps'] as const
const place = [
  'cpu',
  'memory',
  ...flow,
  'cpuAllocated',
  'cpuTotal',
  'memoryAllocated',
  'memoryTotal',
  'storageUsed',
  'storageAllocated',
  'storageTotal',
] as const
export const seriesFields = {
  host: ['cpu', 'memory', ...flow, 'load'],
  vm: ['cpu', 'memory', ...flow],
  volume: ['diskRead', 'diskWrite', 'diskReadOps', 'diskWriteOps', 'used'],
  pool: ['used', 'allocated', 'total', 'effective'],
  cluster: place,
  zone: place,
} as const
export type SeriesKind = keyof typeof seriesFields
export type Field<K extends SeriesKind> = (typeof seriesFields)[K][number]
/** One value a field of the kind; NaN: not known. */
export type Sample = readonly number[]

/** Values by name as a sample; what is absent is not known. */
export function sampleOf<K extends SeriesKind>(
  kind: K,
  values: { readonly [F in Field<K>]?: number | undefined },
): Sample {
  return (seriesFields[kind] as readonly Field<K>[]).map((field) => values[field] ?? Number.NaN)
}

/** The value of a field; undefined when it is not known. */
export function fieldOf<K extends SeriesKind>(kind: K, sample: Sample, field: Field<K>): number | undefined {
  const value = sample[(seriesFields[kind] as readonly string[]).indexOf(field)] as number | undefined
  return value === undefined || Number.isNaN(value) ? undefined : value
}

export type Tier = 0 | 1 | 2
const minute = 60_000
/** Down-sampling: means of `stepMs`, kept for `keepMs`; the longest may be set shorter. */
export const tiers: readonly { readonly stepMs: number; readonly keepMs: number }[] = [
  { stepMs: minute / 2, keepMs: 75 * minute },
  { stepMs: 5 * minute, keepMs: 25 * 60 * minute },
  { stepMs: 60 * minute, keepMs: (7 * 24 + 1) * 60 * minute },
]
export const allTiers: readonly Tier[] = [0, 1, 2]
export function stepOf(tier: Tier): number {
  return (tiers[tier] as { stepMs: number }).stepMs
}
export function slotOf(tier: Tier, time: number): number {
  return Math.floor(time / stepOf(tier)) * stepOf(tier)
}

/** Objects of one block: those whose ids are the same above the last six bits. */
export const shardSize = 64
export function shardOf(id: number): number {
  return Math.floor(id / shardSize)
}
