import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Body } from '../../packages/server/src/testing/test-server.ts'
import type { SimulatedZone } from './environment.ts'

/** Debian's own Python: it sees the packages python3-cs and python3-libcloud, whatever else is first in the path. */
const python = '/usr/bin/python3'

/** Why a module of Debian cannot be used here; undefined when it can. */
export function moduleMissing(module: string, debianPackage: string): string | undefined {
  const { status } = spawnSync(python, ['-c', `import ${module}`])
  return status === 0 ? undefined : `${debianPackage} is not installed`
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs a program to its end without blocking this process, which is the server. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}

/** The environment by which clients find the server and their keys. */
export function clientEnvironment({ server, endpoint }: SimulatedZone): Record<string, string> {
  return {
    CLOUDSTACK_ENDPOINT: endpoint,
    CLOUDSTACK_KEY: server.admin.apiKey,
    CLOUDSTACK_SECRET: server.admin.secretKey,
  }
}

/** Runs a script of this folder; answers the JSON that it printed. Throws with its standard error when it fails. */
export async function runScript(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Body> {
  const end = await runProgram(python, [new URL(name, import.meta.url).pathname, ...args], env)
  if (end.code !== 0) throw new Error(`${name} ended with ${end.code}: ${end.stderr}${end.stdout}`)
  return JSON.parse(end.stdout)
}

export async function runModule(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return await runProgram(python, ['-m', name, ...args], env)
}
