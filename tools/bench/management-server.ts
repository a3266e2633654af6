import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@altostack/api'
import { systemRuntime } from '@altostack/core'
import { type ServerProcess, serverProcess } from '../../tests/lab-environment/server-process.ts'
import { atEnd } from './at-end.ts'

export type Keys = { readonly apiKey: string; readonly secretKey: string }
export type ManagementServer = {
  readonly process: ServerProcess
  readonly directory: string
  /** Where the agent port listens. */
  readonly agentAddress: string
  readonly endpoint: string
  readonly keys: Keys
  readonly client: Client
  /** Of the first start, which makes database and keys, ms. */
  readonly firstStartMs: number
  readonly pid: () => number
  readonly stop: () => Promise<void>
}

/** The shipping server as a process of its own, on loopback, with what it would log in production. */
export async function startManagementServer(options: { readonly database?: string } = {}): Promise<ManagementServer> {
  const directory = mkdtempSync(join(tmpdir(), 'alto-bench-'))
  const dataDir = join(directory, 'server')
  mkdirSync(dataDir)
  const address = ownLoopback()
  const server = await serverProcess({
    dataDir,
    publicAddress: address,
    logLevel: 'info',
    ...(options.database === undefined ? {} : { database: options.database }),
  })
  const stop = async (): Promise<void> => {
    forget()
    await server.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  const forget = atEnd(() => {
    const pid = server.pid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  try {
    const firstStartMs = await server.start()
    const endpoint = `http://127.0.0.1:${server.ports.http}/client/api`
    const keys = await adminKeys(endpoint, dataDir)
    const client = createClient({ endpoint, runtime: systemRuntime(), ...keys })
    const agentAddress = `${address}:${server.ports.agent}`
    return {
      process: server,
      directory,
      agentAddress,
      endpoint,
      keys,
      client,
      firstStartMs,
      pid: () => server.pid() ?? 0,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Others on this machine may want 8250 of 127.0.0.1 at the same moment. */
function ownLoopback(): string {
  const { pid } = process
  return `127.${64 + ((pid >> 16) & 63)}.${(pid >> 8) & 255}.${pid & 255 || 1}`
}

async function adminKeys(endpoint: string, dataDir: string): Promise<Keys> {
  const password = readFileSync(join(dataDir, 'admin-password'), 'utf8').trim()
  const session = createClient({ endpoint, runtime: systemRuntime() })
  const login = await session.login('admin', password)
  const answer = await session.call('registerUserKeys', { id: String(login.userid) })
  const made = answer.userkeys as { readonly apikey: string; readonly secretkey: string }
  return { apiKey: made.apikey, secretKey: made.secretkey }
}
