import type { Sample } from './series.ts'

/** Collects samples of one object in one slot; each field is the mean of the values that are known. */
export type Means = { readonly sums: number[]; readonly counts: number[] }

export function emptyMeans(width: number): Means {
  return { sums: new Array<number>(width).fill(0), counts: new Array<number>(width).fill(0) }
}

/** `weight`: how much time it stands for, beside the others. */
export function addSample(means: Means, sample: Sample, weight = 1): void {
  for (let field = 0; field < means.sums.length; field++) {
    const value = sample[field] as number
    if (Number.isNaN(value)) continue
    means.sums[field] = (means.sums[field] as number) + value * weight
    means.counts[field] = (means.counts[field] as number) + weight
  }
}

export function meanOf(means: Means): Sample {
  return means.sums.map((sum, field) => {
    const count = means.counts[field] as number
    return count === 0 ? Number.NaN : sum / count
  })
}
