import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { labFailure } from './errors.ts'

/** The only module of this package that starts programs: always by argv, never through a shell. */
export type Argv = readonly [string, ...string[]]

export interface ExecResult {
  /** Exit code; 128 + signal number when a signal ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface ExecOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** The program is killed after this many milliseconds. */
  readonly timeoutMs?: number
  /** Called with each line of standard error while the program runs. */
  readonly onLine?: (line: string) => void
}

/** Runs a program and gives its outcome, whatever it is. Throws `lab.packages` when the program is not installed. */
export function execute(argv: Argv, options: ExecOptions = {}): Promise<ExecResult> {
  const [file, ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: 'pipe',
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    let rest = ''
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      err.push(chunk)
      if (!options.onLine) return
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onLine(line)
    })
    child.on('error', (cause) => reject(cannotStart(file, cause)))
    child.on('close', (code, signal) => {
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString()
      resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 143), stdout: text(out), stderr: text(err) })
    })
    child.stdin.on('error', () => {}) // a program may close its input early; its exit code tells
    child.stdin.end(options.input ?? '')
  })
}

/** Runs a program that must succeed and gives its standard output. Throws `lab.program` with its last words. */
export async function run(argv: Argv, options: ExecOptions = {}): Promise<string> {
  const result = await execute(argv, options)
  if (result.code === 0) return result.stdout
  throw labFailure('lab.program', `${argv[0]} ended with code ${result.code}: ${result.stderr.trim().slice(-800)}`, {
    seen: argv.join(' ').slice(0, 400),
  })
}

/** Starts a program that outlives this process, in a session of its own; output goes to `logFile`. Gives its pid. */
export function startDetached(argv: Argv, logFile: string): Promise<number> {
  const [file, ...args] = argv
  const log = openSync(logFile, 'a')
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { detached: true, stdio: ['ignore', log, log] })
    closeSync(log)
    child.on('error', (cause) => reject(cannotStart(file, cause)))
    child.on('spawn', () => {
      child.unref()
      resolve(child.pid!)
    })
  })
}

/** Runs a program on this terminal and gives its exit code. */
export function runOnTerminal(argv: Argv): Promise<number> {
  const [file, ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit' })
    child.on('error', (cause) => reject(cannotStart(file, cause)))
    child.on('close', (code, signal) => resolve(code ?? (signal ? 143 : 1)))
  })
}

function cannotStart(file: string, cause: Error & { code?: string }): Error {
  if (cause.code !== 'ENOENT')
    return labFailure('lab.program', `${file} cannot be started: ${cause.message}`, { cause })
  return labFailure('lab.packages', `${file} is not installed`, { cause })
}
