import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join, matchesGlob, relative } from 'node:path'
import { run } from 'node:test'
import type { Layer } from './layers.ts'

export type Outcome = {
  passed: number
  failed: number
  /** Names of skipped tests with the reason they gave. */
  skipped: { readonly name: string; readonly reason: string }[]
  failures: string[]
  /** Test files with a failure, each with what it counted; a file that was killed has counted what it came to. */
  failedFiles: Map<string, { passed: number; failed: number; failures: string[] }>
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
  const outcome: Outcome = { passed: 0, failed: 0, skipped: [], failures: [], failedFiles: new Map(), files: [] }
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
  const counts = new Map<string, { passed: number; failed: number; failures: string[] }>()
  const countsOf = (file: string | undefined): { passed: number; failed: number; failures: string[] } => {
    const name = file === undefined ? '' : relative('.', file)
    const found = counts.get(name) ?? { passed: 0, failed: 0, failures: [] }
    counts.set(name, found)
    return found
  }
  const stream = run({
    files: [...files],
    concurrency: layer.concurrency,
    timeout,
    isolation: 'process',
    execArgv: ['--import', join(import.meta.dirname, 'untracked-promises.ts')],
  })
  stream.on('test:pass', (event) => {
    if (event.skip !== undefined && event.skip !== false) {
      // A skipped suite counts as one test: those in it are never seen.
      outcome.skipped.push({ name: event.name, reason: event.skip === true ? '' : event.skip })
    } else if (event.details.type !== 'suite') {
      outcome.passed++
      countsOf(event.file).passed++
    }
  })
  stream.on('test:fail', (event) => {
    if (event.details.type === 'suite') return
    // A test that is marked as to do has not failed; none is allowed here, so it counts.
    outcome.failed++
    const where = event.file === undefined ? '' : `${relative('.', event.file)}: `
    const counted = countsOf(event.file)
    counted.failed++
    counted.failures.push(`${where}${event.name}`)
    const error = event.details.error as Error & { cause?: unknown }
    const cause =
      error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : String(error.cause ?? error.message)
    outcome.failures.push(`${where}${event.name}`)
    write(`not ok  ${where}${event.name}\n${indent(cause)}\n`)
  })
  stream.on('test:summary', (event) => {
    if (event.file !== undefined)
      outcome.files.push({ file: relative('.', event.file), seconds: event.duration_ms / 1000 })
  })
  // What nobody caught is told by a diagnosis alone (untracked-promises.ts).
  stream.on('test:diagnostic', ({ file, message }) => {
    if (message.startsWith('Error: ')) write(`${file === undefined ? '' : relative('.', file)}: ${message}\n`)
  })
  stream.on('test:stderr', (event) => write(event.message))
  for await (const _ of stream) {
    // Drained: the listeners above have seen every event.
  }
  outcome.failedFiles = new Map([...counts].filter(([, { failed }]) => failed > 0))
  outcome.files.sort((a, b) => b.seconds - a.seconds)
  return outcome
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
  write(`not ok  ${check.name} (${check.argv.join(' ')})\n${indent(Buffer.concat(output).toString().slice(-6000))}\n`)
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n')
}
