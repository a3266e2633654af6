/**
 * `./alto test [--layer a,b] [--full]`: installs what the tests need and runs the gate. The last line of its output is
 * `N passed, N failed, N skipped`. `--full` adds the long variants and writes its result, layer by layer with commit and
 * seeds, into docs/status.md. A skip that tests/expected-skips.json does not name counts as a failure.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type FullRow, fullRow, readRows, recordFullRun, writeRows } from './full-run.ts'
import { addInside } from './inside-fresh.ts'
import { type Layer, layers } from './layers.ts'
import { installPackages } from './packages.ts'
import { indent, type Outcome, runLayer } from './run-layer.ts'
import { lookAgain, mostFiles } from './second-look.ts'
import { runTracks, tracksOf } from './tracks.ts'

const { values } = parseArgs({
  options: {
    layer: { type: 'string' },
    full: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    yes: { type: 'boolean' },
  },
})
/** Files that run at least this long are named with their time. */
const slowFileSeconds = 5
const write = (text: string): void => void process.stdout.write(text)

if (values.list) {
  for (const layer of layers) write(`${layer.name.padEnd(12)} ${layer.does}\n`)
  process.exit(0)
}
const wanted = values.layer?.split(',') ?? layers.filter((layer) => values.full || !layer.fullOnly).map(nameOf)
const fullOnly = values.full ? undefined : layers.find((layer) => layer.fullOnly && wanted.includes(layer.name))
if (values.layer !== undefined && fullOnly !== undefined) {
  process.stderr.write(`alto test: layer ${fullOnly.name} runs under --full only\n`)
  process.exit(2)
}
const unknown = wanted.filter((name) => !layers.some((layer) => layer.name === name))
if (unknown.length > 0) {
  process.stderr.write(
    `alto test: no layer ${unknown.join(', ')}; there are ${layers.map((layer) => layer.name).join(', ')}\n`,
  )
  process.exit(2)
}
const isRoot = process.getuid?.() === 0
if (values.layer === undefined) {
  const tracks = tracksOf({ full: values.full, root: isRoot })
  const scratch = mkdtempSync(join(tmpdir(), 'alto-gate-'))
  const inside = join(scratch, 'inside-fresh')
  const rows = join(scratch, 'rows')
  mkdirSync(rows)
  const ahead = isRoot
    ? spawn(process.execPath, [join(import.meta.dirname, 'build-ahead.ts')], { stdio: ['ignore', 'ignore', 'inherit'] })
    : undefined
  const sum = await runTracks(
    tracks,
    values.full ? ['--full'] : [],
    { ALTO_GATE_INSIDE: inside, ...(values.full ? { ALTO_FULL_ROWS: rows } : {}) },
    write,
  )
  ahead?.kill()
  if (values.full) write(recordFullRun(readRows(rows)))
  else if (isRoot) addInside(sum, inside)
  rmSync(scratch, { recursive: true })
  if (sum.remarks.length > 0) write(`\n# of all tracks\n${sum.remarks.map((line) => `${line}\n`).join('')}`)
  write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
  process.exit(sum.failed === 0 ? 0 : 1)
}
const expected = expectedSkips()
const total = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []
const causes = new Map<string, string>()
const env: NodeJS.ProcessEnv = { ALTO_TEST_FULL: values.full ? '1' : '' }
let stopMariadb: (() => Promise<void>) | undefined

const fullRows: FullRow[] = []
const again: { readonly layer: Layer; readonly outcome: Outcome }[] = []
for (const layer of layers.filter((candidate) => wanted.includes(candidate.name))) {
  const started = performance.now()
  write(`\n# ${layer.name}: ${layer.does}\n`)
  if (layer.needsRoot && !isRoot) {
    write('skipped: needs root\n')
    total.skipped++
    if (!expected.has('layer needs root')) {
      total.failed++
      failures.push(`${layer.name}: needs root`)
    }
    continue
  }
  if (layer.packages && isRoot) installPackages(layer.packages, write)
  if (layer.mariadb && stopMariadb === undefined) stopMariadb = await shareMariadb()
  const outcome = await runLayer(layer, env, write)
  for (const skip of outcome.skipped) {
    write(`skipped ${skip.name}${skip.reason === '' ? '' : `: ${skip.reason}`}\n`)
    if (!expected.has(skip.name)) {
      outcome.failed++
      outcome.failures.push(`${skip.name}: skipped, and tests/expected-skips.json does not name it (${skip.reason})`)
    }
  }
  for (const { file, seconds } of outcome.files.filter((one) => one.seconds >= slowFileSeconds))
    write(`# ${seconds.toFixed(1).padStart(6)} s  ${file}\n`)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  write(
    `# ${layer.name}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped.length} skipped in ${seconds} s\n`,
  )
  total.passed += outcome.passed
  total.failed += outcome.failed
  total.skipped += outcome.skipped.length
  failures.push(...outcome.failures)
  for (const [name, cause] of outcome.causes) causes.set(name, cause)
  if (layer.secondLook && !values.full) again.push({ layer, outcome })
  if (values.full) fullRows.push(fullRow(layer, outcome, Number(seconds)))
}
await takeSecondLook()
const rowsFor = process.env.ALTO_FULL_ROWS
if (rowsFor !== undefined && rowsFor !== '') writeRows(rowsFor, fullRows)
else if (values.full) write(recordFullRun(fullRows))
await stopMariadb?.()
if (failures.length > 0) write(`\nfailed:\n${failures.map(failureWithCause).join('')}\n`)
write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exit(total.failed === 0 ? 0 : 1)

function failureWithCause(name: string): string {
  const cause = causes.get(name)
  return `  ${name}\n${cause === undefined ? '' : `${indent(cause)}\n`}`
}

function nameOf(layer: Layer): string {
  return layer.name
}

async function takeSecondLook(): Promise<void> {
  const files = again.flatMap(({ outcome }) => [...outcome.failedFiles.keys()])
  if (files.length === 0 || files.length > mostFiles) return
  write(`\n# a second look, alone: ${files.join(', ')}\n`)
  for (const { layer, outcome } of again) {
    const unsteady = await lookAgain(outcome, total, failures, (file) => runLayer(layer, env, write, [file]))
    for (const name of unsteady) write(`unsteady: ${name}: failed above, passed now\n`)
  }
}

/** One MariaDB for all files of the run; they make databases of their own on it. */
async function shareMariadb(): Promise<() => Promise<void>> {
  const { startMariadb } = await import('../../packages/testkit/src/mariadb.ts')
  const server = await startMariadb()
  env.ALTO_TEST_MARIADB_URL = server.url
  return () => server.stop()
}

function expectedSkips(): Set<string> {
  const file = 'tests/expected-skips.json'
  if (!existsSync(file)) return new Set()
  const list = JSON.parse(readFileSync(file, 'utf8')) as { name: string; reason: string }[]
  return new Set(list.map((entry) => entry.name))
}
