import { spawn } from 'node:child_process'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: Uint8Array | string
  /** Called with each line of standard error while the program runs. */
  readonly onLine?: (line: string) => void
}

export interface RunResult {
  readonly stdout: Buffer
  readonly stderr: string
}

/**
 * Runs one program by argv, without a shell. Resolves with its output.
 * Throws when it cannot be started (names the missing program) or ends with another code than 0 (names argv and stderr).
 */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const [file, ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? process.env), LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    let stderr = ''
    let rest = ''
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      stderr += text
      if (!options.onLine) return
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onLine(line)
    })
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'ENOENT'
          ? `${file} is not installed: install the Debian package that has it`
          : `${cause.message}`
      reject(new Error(`Cannot run ${file}: ${why}`, { cause }))
    })
    child.on('close', (code, signal) => {
      if (code === 0) return resolve({ stdout: Buffer.concat(out), stderr })
      const ended = signal ? `was ended by ${signal}` : `ended with code ${code}`
      reject(new Error(`${argv.join(' ').slice(0, 300)} ${ended}: ${stderr.trim().slice(-2000)}`))
    })
    child.stdin.on('error', () => {}) // a program may close its input early; its exit code tells
    child.stdin.end(options.input ?? '')
  })
}
