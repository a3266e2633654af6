/** Whether the long campaign runs (`./alto test --full`). */
export const full = process.env.ALTO_TEST_FULL === '1'
/** Inputs of each campaign. */
export const inputs = full ? 1_000_000 : 20_000

/** `ALTO_FUZZ_SEED`, or the campaign's own. A failure names it, so that it can be replayed. */
export function seedOf(own: number): number {
  const given = process.env.ALTO_FUZZ_SEED
  return given === undefined || given === '' ? own : Number(given)
}

/**
 * Runs a campaign in rounds with a seed each, so that one failure replays within seconds: round i of seed s has seed
 * s + i. The rounds' own errors name seed and input.
 */
export async function campaign<Result extends { readonly inputs: number }>(
  fuzz: (inputs: number, seed: number) => Result | Promise<Result>,
  seed: number,
): Promise<readonly Result[]> {
  const size = 20_000
  const results: Result[] = []
  for (let round = 0; round * size < inputs; round++) {
    const at = seed + round
    try {
      results.push(await fuzz(size, at))
    } catch (error) {
      throw new Error(`replay with ALTO_FUZZ_SEED=${at}`, { cause: error })
    }
  }
  return results
}

export function sum<Result>(results: readonly Result[], of: (result: Result) => number): number {
  return results.reduce((total, result) => total + of(result), 0)
}
