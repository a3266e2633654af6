/** Deterministic choices of one fuzz run. */
export type Choices = {
  /** Uniform in [0, 1). */
  readonly next: () => number
  /** A whole number below `below`. */
  readonly below: (below: number) => number
  readonly pick: <T>(from: readonly T[]) => T
  /** Up to `length` characters, hostile ones often. */
  readonly text: (length: number) => string
}

const hostile = [
  '%',
  '&',
  '=',
  '+',
  '[',
  ']',
  '.',
  ',',
  '\u0000',
  '\n',
  '"',
  '<',
  "'",
  '~',
  '*',
  'ü',
  '😀',
  '\ud800',
  '0',
  '-1',
  ' ',
]

/** xorshift32 from a seed. */
export function choices(seed: number): Choices {
  let state = seed | 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const text = (length: number): string =>
    Array.from({ length: below(length + 1) }, () =>
      next() < 0.4 ? pick(hostile) : String.fromCharCode(next() < 0.9 ? 32 + below(95) : below(65_536)),
    ).join('')
  return { next, below, pick, text }
}
