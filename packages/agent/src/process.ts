import { type ChildProcess, spawn } from 'node:child_process'
import { agentFailure, type Runtime } from '@altostack/core'

export type RunOptions = {
  readonly runtime: Runtime
  /** Killed after this; the failure says so. */
  readonly timeoutMs: number
  readonly input?: string
  /** An open file as standard input. */
  readonly stdin?: number
  readonly cwd?: string
  readonly signal?: AbortSignal
  /** Exit codes that are an answer, not a failure. Default: 0. */
  readonly accept?: readonly number[]
}
export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

const maxOutput = 8 * 1024 * 1024

/** Runs one external program by argument list, never through a shell. Rejects with `agent.program`. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const fail = (what: string, seen: string): void =>
      reject(
        agentFailure('agent.program', `${program}: ${what}`, {
          seen: seen.slice(0, 2000),
          evidence: { program, args: [...args] },
        }),
      )
    const child = spawn(program, args, {
      stdio: [options.stdin ?? 'pipe', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    let size = 0
    let ended = false
    // A child that sleeps in a dead mount cannot be killed: the caller is told at once, the child goes when it can.
    const stop = (why: string): void => {
      if (ended) return
      ended = true
      child.kill('SIGKILL')
      child.unref()
      over()
      fail(why, Buffer.concat(err).toString())
    }
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length
      if (size > maxOutput) stop('too much output')
      else into.push(chunk)
    }
    child.stdout?.on('data', collect(out))
    child.stderr?.on('data', collect(err))
    const cancelTimer = options.runtime.after(options.timeoutMs, () => stop(`no end within ${options.timeoutMs} ms`))
    const onAbort = (): void => stop('cancelled')
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const over = (): void => {
      cancelTimer()
      options.signal?.removeEventListener('abort', onAbort)
    }
    child.on('error', (error) => {
      over()
      fail('cannot be started', error.message)
    })
    child.on('close', (code, signal) => {
      over()
      const stdout = Buffer.concat(out).toString()
      const stderr = Buffer.concat(err).toString()
      if (ended) return
      if (code === null) return fail(`ended by ${signal}`, stderr)
      if (!(options.accept ?? [0]).includes(code)) return fail(`exit code ${code}: ${lastLine(stderr)}`, stderr)
      resolve({ code, stdout, stderr })
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}

/** Starts a program that speaks with us over Node's channel, to hand over sockets. Whoever starts it ends it. */
export function startWithChannel(
  program: string,
  args: readonly string[],
): { readonly child: ChildProcess; readonly errors: () => string } {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    if (errors.length < 4000) errors += chunk.toString()
  })
  return { child, errors: () => errors.trim() }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
