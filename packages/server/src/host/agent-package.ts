import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText, hostFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { runProgram } from '../program/index.ts'

export type AgentPackage = { readonly path: string; readonly sha256: string }

const building = new WeakMap<ServerContext['runtime'], Promise<string>>()
const buildMs = 240_000

/** The Debian package for hosts: the one of setting alto.agent.package, else built once from the sources beside us. */
export async function agentPackage(ctx: ServerContext): Promise<AgentPackage> {
  const configured = (await ctx.config.text('alto.agent.package')).trim()
  const path = configured === '' ? await builtPackage(ctx) : configured
  try {
    await access(path)
  } catch (error) {
    throw hostFailure('host.package', 'The agent package is not there', {
      seen: errorText(error),
      fix: 'Correct setting alto.agent.package, or empty it: the server builds the package by itself.',
    })
  }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return { path, sha256: hash.digest('hex') }
}

/** Hosts that are added at the same time share one build; sources that changed since are built anew. */
async function builtPackage(ctx: ServerContext): Promise<string> {
  const running = building.get(ctx.runtime)
  if (running !== undefined) return await running
  const build = buildPackage(ctx).finally(() => building.delete(ctx.runtime))
  building.set(ctx.runtime, build)
  return await build
}

async function buildPackage(ctx: ServerContext): Promise<string> {
  const script = join(import.meta.dirname, '../../../../packaging/build-deb.ts')
  const directory = join(ctx.dataDir, 'packages')
  const args = [script, '--out', directory, '--cache', join(directory, 'cache')]
  const end = await runProgram(process.execPath, args, { runtime: ctx.runtime, timeoutMs: buildMs })
  const path = end.stdout.trim().split('\n').at(-1) ?? ''
  if (end.code === 0 && path.endsWith('.deb')) return path
  throw hostFailure('host.package', 'The agent package could not be built', {
    seen: `${end.signal ?? `code ${end.code}`}: ${end.stderr.trim().slice(-500)}`,
    fix: 'Build it with packaging/build-deb.ts on a machine with the sources and name it by alto.agent.package.',
  })
}
