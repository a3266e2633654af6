/** The least value that no less than that share of the values, 0 to 1, stays within; 0 of none. Three significant digits. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return significant(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0)
}

/** Three significant digits, and whole numbers from a hundred on. */
export function significant(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
