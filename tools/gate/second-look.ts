import type { Totals } from './tracks.ts'

type FileCounts = { readonly passed: number; readonly failed: number; readonly failures: readonly string[] }

/** What a second look needs of a layer's run. */
export type Looked = {
  passed: number
  failed: number
  readonly skipped: readonly unknown[]
  failures: string[]
  readonly failedFiles: ReadonlyMap<string, FileCounts>
  /** The beginning of each failure's cause. */
  readonly causes: ReadonlyMap<string, string>
}

/** fast-check's word for a counterexample: its inputs are drawn anew each time, so a second run would not meet it. */
const counterexample = /Property failed after/

/** More failed files than this in a track are no chance: nothing is run again. */
export const mostFiles = 3

/**
 * Runs the files that failed once more, when nothing of their track runs beside them, and lets that count. For layers whose
 * tests wait for real guests and browsers on a machine that two tracks keep busy. A failure that repeats stays one; one
 * that does not is named as unsteady, for somebody to find its cause. Answers the names of those.
 */
export async function lookAgain(
  first: Looked,
  total: Totals,
  failures: string[],
  runFile: (file: string) => Promise<Looked>,
): Promise<readonly string[]> {
  const unsteady: string[] = []
  for (const [file, counted] of first.failedFiles) {
    if (counted.failures.some((name) => counterexample.test(first.causes.get(name) ?? ''))) continue
    const second = await runFile(file)
    // A file that ends early, or skips what failed before, has not shown that it passes.
    const shown = second.passed >= counted.passed + counted.failed && second.skipped.length === 0
    if (second.failed > 0 || !shown) continue
    total.passed += second.passed - counted.passed
    total.failed -= counted.failed
    for (const name of counted.failures) failures.splice(failures.indexOf(name), 1)
    unsteady.push(...counted.failures)
  }
  return unsteady
}
