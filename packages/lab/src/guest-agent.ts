import { createConnection, type Socket } from 'node:net'
import type { Runtime } from '@altostack/core'
import { labFailure } from './errors.ts'
import type { Argv, ExecOptions, ExecResult } from './run.ts'

const answerMs = 60_000
const pollMs = 50

/** Runs a program in a machine host by QEMU's guest agent: past ssh and past the network. `socket` is its address. */
export async function executeByAgent(
  socket: string,
  argv: Argv,
  options: ExecOptions,
  runtime: Runtime,
): Promise<ExecResult> {
  const [path, ...arg] = argv
  const started = runtime.monotonic()
  const input = options.input === undefined ? {} : { 'input-data': Buffer.from(options.input).toString('base64') }
  const env = Object.entries({ ...environment, ...options.env }).map(([name, value]) => `${name}=${value}`)
  const { pid } = (await ask(socket, 'guest-exec', { path, arg, env, 'capture-output': true, ...input }, runtime).catch(
    (error: Error) => {
      // As a shell says it.
      if (/No such file|Failed to execute/.test(error.message)) return { pid: -1 }
      throw error
    },
  )) as { pid: number }
  if (pid === -1) return { code: 127, stdout: '', stderr: `${path}: not found\n` }
  for (;;) {
    const state = (await ask(socket, 'guest-exec-status', { pid }, runtime)) as ExecState
    if (state.exited) {
      const text = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString()
      const result = {
        code: state.exitcode ?? 128 + (state.signal ?? 0),
        stdout: text(state['out-data']),
        stderr: text(state['err-data']),
      }
      if (options.onLine) for (const line of result.stderr.split('\n').slice(0, -1)) options.onLine(line)
      return result
    }
    if (options.timeoutMs !== undefined && runtime.monotonic() - started > options.timeoutMs) {
      await ask(socket, 'guest-exec', { path: '/bin/kill', arg: ['-9', String(pid)] }, runtime)
      return { code: 137, stdout: '', stderr: '' }
    }
    await runtime.sleep(pollMs)
  }
}

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
}

interface ExecState {
  readonly exited: boolean
  readonly exitcode?: number
  readonly signal?: number
  readonly 'out-data'?: string
  readonly 'err-data'?: string
}

/**
 * One question on a connection of its own: QEMU lets one client in at a time, and others wait. Rejects with
 * `lab.host-off` when nobody answers.
 */
export function ask(socket: string, execute: string, args: object, runtime: Runtime): Promise<unknown> {
  const id = runtime.uuid()
  return new Promise((resolve, reject) => {
    const connection: Socket = createConnection({ path: socket })
    let text = ''
    let synced = false
    const end = (settle: () => void): void => {
      cancel()
      connection.destroy()
      settle()
    }
    const fail = (what: string): void =>
      end(() => reject(labFailure('lab.host-off', `The guest agent of the host does not answer: ${what}`)))
    const cancel = runtime.after(answerMs, () => fail(`${execute} had no answer within ${answerMs / 1000} s`))
    // The byte 0xFF ends whatever an earlier client left unfinished.
    connection.on('connect', () => {
      connection.write(Buffer.from([0xff]))
      connection.write(`${JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id: syncNumber(id) } })}\n`)
    })
    connection.on('error', (error) => fail(error.message))
    connection.on('close', () => fail('closed'))
    connection.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      for (let line = takeLine(); line !== undefined; line = takeLine()) {
        const answer = parse(line)
        if (answer === undefined) continue
        if (!synced) {
          if (answer.return !== syncNumber(id)) continue
          synced = true
          connection.write(`${JSON.stringify({ execute, arguments: args })}\n`)
          continue
        }
        const { error } = answer
        if (error === undefined) return end(() => resolve(answer.return))
        return end(() => reject(labFailure('lab.program', `${execute}: ${error.desc}`)))
      }
    })
    function takeLine(): string | undefined {
      const at = text.indexOf('\n')
      if (at < 0) return undefined
      const line = text.slice(0, at)
      text = text.slice(at + 1)
      return line.replaceAll('\xff', '')
    }
  })
}

function syncNumber(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16)
}

function parse(line: string): { readonly return?: unknown; readonly error?: { readonly desc: string } } | undefined {
  try {
    return JSON.parse(line) as { return?: unknown }
  } catch {
    return undefined // the rest of an answer to somebody who has gone
  }
}
