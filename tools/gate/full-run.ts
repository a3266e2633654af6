import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Layer } from './layers.ts'
import type { Outcome } from './run-layer.ts'

/** The result of one layer under `--full`. */
export type FullRow = {
  readonly layer: string
  readonly result: string
  readonly seconds: number
  /** What was done beyond the gate, and its seeds. */
  readonly what: string
  readonly commit: string
  /** UTC, to the minute. */
  readonly ended: string
}

const statusFile = 'docs/status.md'
const begin = '<!-- written by ./alto test --full -->'
const end = '<!-- end -->'
const head = ['| layer | result | time | with | commit | ended |', '|---|---|---|---|---|---|']

export function fullRow(layer: Layer, outcome: Outcome, seconds: number): FullRow {
  const seeds = ['ALTO_FUZZ_SEED', 'ALTO_KILL_SEED'].flatMap((name) =>
    process.env[name] ? [`${name}=${process.env[name]}`] : [],
  )
  return {
    layer: layer.name,
    result: `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped.length} skipped`,
    seconds,
    what: [layer.full?.does ?? 'as in the gate', ...seeds].join('; '),
    commit: commit(),
    ended: `${new Date().toISOString().slice(0, 16).replace('T', ' ')}`,
  }
}

/** For the tracks of one run, which are processes of their own: each leaves its rows in a directory. */
export function writeRows(directory: string, rows: readonly FullRow[]): void {
  for (const row of rows) writeFileSync(join(directory, `${row.layer}.json`), JSON.stringify(row))
}

export function readRows(directory: string): readonly FullRow[] {
  return readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as FullRow)
}

/**
 * Puts the rows into the block of docs/status.md; rows of layers that did not run stay, with the commit that they are of.
 * Answers what to print.
 */
export function recordFullRun(rows: readonly FullRow[], file = statusFile): string {
  const text = readFileSync(file, 'utf8')
  const block = mergeBlock(text, rows)
  const changed = block === undefined ? undefined : text.replace(/<!-- written by[\s\S]*?<!-- end -->/, () => block)
  if (changed !== undefined) writeFileSync(file, changed)
  const lines = [...head, ...rows.map(lineOf)]
  const where = changed === undefined ? `${file} has no block for it` : `it stands in ${file}`
  return `\n# full run on ${cpus().length} processors; ${where}\n${lines.join('\n')}\n`
}

/** The block with the rows in it; undefined when the text has none. */
export function mergeBlock(text: string, rows: readonly FullRow[]): string | undefined {
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) return undefined
  const known = text
    .slice(from, to)
    .split('\n')
    .filter((line) => line.startsWith('| ') && line !== head[0])
  const merged = new Map(known.map((line) => [line.split(' | ')[0]?.slice(2) ?? '', line]))
  for (const row of rows) merged.set(row.layer, lineOf(row))
  return [begin, '', ...head, ...merged.values(), '', end].join('\n')
}

function lineOf({ layer, result, seconds, what, commit, ended }: FullRow): string {
  const minutes = Math.floor(seconds / 60)
  const time = minutes === 0 ? `${Math.round(seconds)} s` : `${minutes} min ${Math.round(seconds % 60)} s`
  return `| ${layer} | ${result} | ${time} | ${what} | ${commit} | ${ended} |`
}

function commit(): string {
  const git = (...args: string[]): string => spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim() ?? ''
  const short = git('rev-parse', '--short=10', 'HEAD')
  const dirty = git('status', '--porcelain', '--untracked-files=no', '--', '.', `:!${statusFile}`) !== ''
  return short === '' ? 'unknown' : `${short}${dirty ? ' with changes' : ''}`
}
