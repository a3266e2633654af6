import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Totals } from './tracks.ts'

/**
 * The cheap layers run inside the clean Debian root; their test is one of layer `fresh`, and hands over what it counted
 * by the file that `ALTO_GATE_INSIDE` names. Without the variable nobody counts.
 */
export function handOverInside(lastLine: string, file = process.env.ALTO_GATE_INSIDE): void {
  if (file !== undefined && file !== '') writeFileSync(file, lastLine)
}

/** Adds what was counted inside. That nothing was handed over is a failure: the cheap layers did not run. */
export function addInside(sum: Totals, file: string): void {
  const line = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line) ?? []
  if (passed === undefined) {
    sum.failed++
    return
  }
  sum.passed += Number(passed)
  sum.failed += Number(failed)
  sum.skipped += Number(skipped)
}
