import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { run } from 'node:test'
import { createSlots } from '@altostack/core'
import type { Layer } from './layers.ts'
import { deal, mayShareProcess, runTogether } from './run-together.ts'
import { eventsOf, type TestEvent } from './test-events.ts'

type FileCounts = { passed: number; failed: number; failures: string[] }

export type Outcome = {
  passed: number
  failed: number
  /** Names of skipped tests with the reason they gave. */
  skipped: { readonly name: string; readonly reason: string }[]
  failures: string[]
  /** The first lines of a failure's cause, by its entry in `failures`. */
  causes: Map<string, string>
  /** Test files with a failure, each with what it counted; a file that was killed has counted what it came to. */
  failedFiles: Map<string, FileCounts>
  /** How long each file ran, in seconds, the longest first: where the gate's time goes. */
  files: { readonly file: string; readonly seconds: number }[]
}

/** Runs a layer's checks and test files, or the files that are named; prints a line a failure. */
export async function runLayer(
  layer: Layer,
  env: NodeJS.ProcessEnv,
  write: (text: string) => void,
  only?: readonly string[],
): Promise<Outcome> {
  const outcome: Outcome = {
    passed: 0,
    failed: 0,
    skipped: [],
    failures: [],
    causes: new Map(),
    failedFiles: new Map(),
    files: [],
  }
  if (only === undefined) for (const check of layer.checks ?? []) await runCheck(check, env, outcome, write)
  const files =
    only ??
    globSync([...layer.files], { exclude: ['**/node_modules/**'] })
      .filter((file) => !(layer.except ?? []).some((glob) => matchesGlob(file, glob)))
      .sort()
  if (files.length === 0) {
    if ((layer.checks ?? []).length === 0) {
      outcome.failed++
      outcome.failures.push(`${layer.name}: no test file matches ${layer.files.join(', ')}`)
    }
    return outcome
  }
  Object.assign(process.env, env)
  const full = env.ALTO_TEST_FULL === '1'
  const timeout = (full ? layer.full?.fileTimeoutMs : undefined) ?? layer.fileTimeoutMs
  const counts = new Map<string, FileCounts>()
  const take = (event: TestEvent): void => takeEvent(event, outcome, counts, write)
  // A file that is looked at again runs as it does by hand.
  const shared = layer.together && !full && only === undefined ? files.filter(mayShareProcess) : []
  const apart = files.filter((file) => !shared.includes(file))
  const slots = createSlots(() => layer.concurrency)
  await Promise.all(
    deal(shared).map(async (some) => {
      const release = await slots.take()
      apart.push(...(await runTogether(some, timeout, take)))
      release()
    }),
  )
  if (apart.length > 0) {
    const stream = run({
      files: apart,
      concurrency: layer.concurrency,
      timeout,
      isolation: 'process',
      execArgv: ['--import', join(import.meta.dirname, 'before-tests.ts')],
    })
    await eventsOf(stream, take)
  }
  outcome.failedFiles = new Map([...counts].filter(([, { failed }]) => failed > 0))
  outcome.files.sort((a, b) => b.seconds - a.seconds)
  return outcome
}

function takeEvent(
  event: TestEvent,
  outcome: Outcome,
  counts: Map<string, FileCounts>,
  write: (text: string) => void,
): void {
  const of = (file: string): FileCounts => {
    const found = counts.get(file) ?? { passed: 0, failed: 0, failures: [] }
    counts.set(file, found)
    return found
  }
  switch (event.is) {
    case 'skipped':
      outcome.skipped.push({ name: event.name, reason: event.reason })
      break
    case 'passed':
      outcome.passed++
      of(event.file).passed++
      break
    case 'failed': {
      const name = event.file === '' ? event.name : `${event.file}: ${event.name}`
      outcome.failed++
      outcome.failures.push(name)
      outcome.causes.set(name, beginningOf(event.cause))
      const counted = of(event.file)
      counted.failed++
      counted.failures.push(name)
      write(`not ok  ${name}\n${indent(event.cause)}\n`)
      break
    }
    case 'ended':
      outcome.files.push({ file: event.file, seconds: event.ms / 1000 })
      break
    case 'uncaught':
      write(`${event.file === '' ? '' : `${event.file}: `}${event.text}\n`)
      break
    case 'stderr':
      write(event.text)
  }
}

async function runCheck(
  check: { readonly name: string; readonly argv: readonly string[] },
  env: NodeJS.ProcessEnv,
  outcome: Outcome,
  write: (text: string) => void,
): Promise<void> {
  const [command = '', ...args] = check.argv
  const child = spawn(command === 'node' ? process.execPath : join('node_modules', '.bin', command), args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === 0) {
    outcome.passed++
    return
  }
  outcome.failed++
  outcome.failures.push(check.name)
  const said = Buffer.concat(output).toString().slice(-6000)
  outcome.causes.set(check.name, beginningOf(said))
  write(`not ok  ${check.name} (${check.argv.join(' ')})\n${indent(said)}\n`)
}

/** What is repeated at the run's end: enough to know the cause where only the last lines of a log are kept. */
function beginningOf(cause: string): string {
  return cause
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 6)
    .map((line) => line.slice(0, 300))
    .join('\n')
}

export function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n')
}
