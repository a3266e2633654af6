import type { BenchName } from './bench.ts'

/** What profiling says of a bench that does not meet its aims; printed only where one is missed. */
export const shortfalls: Partial<Record<BenchName, string>> = {}
