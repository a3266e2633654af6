import { spawn } from 'node:child_process'
import type { Runtime } from '@altostack/core'

export type ProgramOptions = {
  readonly runtime: Runtime
  /** Killed after this. */
  readonly timeoutMs: number
  /** An open file as standard input. */
  readonly stdin?: number
  readonly signal?: AbortSignal
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}
export type ProgramEnd = {
  /** Exit code; null when a signal ended it, which `signal` names (`timeout` and `aborted` are ours). */
  readonly code: number | null
  readonly signal: string | undefined
  readonly stdout: string
  readonly stderr: string
}

const maxOutputBytes = 4 * 1024 * 1024

/**
 * The server's only door to external programs: by argument list, never through a shell, with a small environment and a
 * deadline. Answers however the program ends; rejects only when it cannot be started.
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    let size = 0
    let killed: string | undefined
    const kill = (why: string): void => {
      killed ??= why
      child.kill('SIGKILL')
    }
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length
      if (size > maxOutputBytes) kill('too much output')
      else into.push(chunk)
    }
    child.stdout?.on('data', collect(out))
    child.stderr?.on('data', collect(err))
    const cancelTimer = options.runtime.after(options.timeoutMs, () => kill('timeout'))
    const onAbort = (): void => kill('aborted')
    options.signal?.addEventListener('abort', onAbort, { once: true })
    if (options.signal?.aborted) onAbort()
    const over = (): void => {
      cancelTimer()
      options.signal?.removeEventListener('abort', onAbort)
    }
    child.on('error', (error) => {
      over()
      reject(error)
    })
    child.on('close', (code, signal) => {
      over()
      resolve({
        code,
        signal: killed ?? signal ?? undefined,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      })
    })
  })
}
