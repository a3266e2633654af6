import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { TestEvent } from './test-events.ts'

/** Files that one process runs: enough that loading the server's modules is shared, few enough that two processes end together. */
const filesTogether = 10

/** A hook outside of a suite would be one of every file of the process. */
const looseHook = /^(?:before|after|beforeEach|afterEach)\(/m

export function mayShareProcess(file: string): boolean {
  return !looseHook.test(readFileSync(file, 'utf8'))
}

/** Deals the files out to as few processes as hold them, neighbours apart: they are alike in what they cost. */
export function deal(files: readonly string[]): readonly (readonly string[])[] {
  const processes = Math.ceil(files.length / filesTogether)
  return Array.from({ length: processes }, (_, index) => files.filter((_, at) => at % processes === index))
}

/**
 * Runs the files one after the other in one process, which loads the modules that they share once. Answers the files
 * that have to be run apart: all, and nothing is given, when the process ended or was killed (`timeoutMs`) before its last word,
 * or met an error that nobody caught, which then belongs to none of them.
 */
export async function runTogether(
  files: readonly string[],
  timeoutMs: number,
  give: (event: TestEvent) => void,
): Promise<readonly string[]> {
  const argv = ['--import', join(import.meta.dirname, 'before-tests.ts')]
  const child = spawn(process.execPath, [...argv, join(import.meta.dirname, 'together.ts'), ...files], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const events: TestEvent[] = []
  let ended = false
  child.stderr?.on('data', (chunk: Buffer) => events.push({ is: 'stderr', text: chunk.toString() }))
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    if (line === 'ended') ended = true
    else events.push(JSON.parse(line) as TestEvent)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const failed = events.some(({ is }) => is === 'failed')
  if (!ended || (code !== 0 && !failed) || events.some(({ is }) => is === 'uncaught')) return files
  const times = new Map(files.map((file) => [file, 0]))
  for (const event of events) {
    give(event)
    if ('ms' in event) times.set(event.file, (times.get(event.file) ?? 0) + event.ms)
  }
  for (const [file, ms] of times) give({ is: 'ended', file, ms })
  return []
}
