import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { serverNodeOptions } from '../../packages/cli/src/server-node-options.ts'

const main = join(import.meta.dirname, '../../packages/server/src/main.ts')
const readyMs = 60_000

type Ports = { readonly http: number; readonly https: number; readonly agent: number }

/** The management server as a process of its own, so that it can be killed and started again. */
export type ServerProcess = {
  readonly dataDir: string
  /** The same after every restart: hosts and clients come back to them. */
  readonly ports: Ports
  readonly pid: () => number | undefined
  /** Starts it when it does not run; resolves when it listens. Answers how long that took, ms. */
  readonly start: () => Promise<number>
  /** Sends the signal (SIGKILL unless given) and waits for the end; does nothing when it does not run. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Everything that it logged, standard error included. */
  readonly log: () => string
}

export type ServerProcessOptions = {
  readonly dataDir: string
  /** Address of the agent port and HTTPS; also a name in the certificate. */
  readonly publicAddress: string
  /** `mysql://…`; SQLite in the data directory unless given. */
  readonly database?: string | undefined
  /** `debug` unless given. */
  readonly logLevel?: 'debug' | 'info'
}

/** Chooses the ports; the agent port is CloudStack's 8250 where that is free on the public address. Starts nothing. */
export async function serverProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { dataDir, publicAddress } = options
  const logFile = join(dataDir, 'stderr.log')
  const ports: Ports = {
    http: await freePort('127.0.0.1'),
    https: await freePort(publicAddress),
    agent: (await isFree(publicAddress, 8250)) ? 8250 : await freePort(publicAddress),
  }
  let child: ChildProcess | undefined

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill(signal)
    await ended
  }
  const start = async (): Promise<number> => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) return 0
    const began = performance.now()
    const errors = openSync(logFile, 'a')
    const started = spawn(
      process.execPath,
      [
        ...serverNodeOptions,
        main,
        ...['--data-dir', dataDir, '--log-dir', join(dataDir, 'log'), '--print-ready'],
        ...['--log-level', options.logLevel ?? 'debug'],
        ...['--port', String(ports.http), '--https-port', String(ports.https), '--agent-port', String(ports.agent)],
        ...['--bind', '127.0.0.1', '--public-bind', publicAddress, '--name', publicAddress],
        ...(options.database === undefined ? [] : ['--database', options.database]),
      ],
      { stdio: ['ignore', 'pipe', errors] },
    )
    closeSync(errors)
    child = started
    const said = createInterface({ input: started.stdout! })
    const timer = setTimeout(() => started.kill('SIGKILL'), readyMs)
    try {
      for await (const line of said) if (line.includes('"ready":true')) return performance.now() - began
    } finally {
      clearTimeout(timer)
    }
    throw new Error(`the management server ended before it was ready: ${readFileSync(logFile, 'utf8').slice(-2000)}`)
  }
  const log = (): string =>
    [logFile, join(dataDir, 'log', 'management-server.log')].map((file) => readText(file)).join('\n')
  return { dataDir, ports, pid: () => child?.pid, start, kill, log }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

async function isFree(address: string, port: number): Promise<boolean> {
  return await listenOnce(address, port).then(
    () => true,
    () => false,
  )
}

const freePort = (address: string): Promise<number> => listenOnce(address, 0)

async function listenOnce(address: string, port: number): Promise<number> {
  const server = createServer()
  const listening = Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ])
  server.listen(port, address)
  await listening
  const bound = server.address()
  server.close()
  await once(server, 'close')
  return typeof bound === 'object' && bound !== null ? bound.port : port
}
