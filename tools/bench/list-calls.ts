import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { serverNodeOptions } from '../../packages/cli/src/server-node-options.ts'
import { type DatabaseKind, databaseMissing } from '../../packages/server/src/testing/test-databases.ts'
import { signedQuery } from '../../packages/server/src/testing/test-server.ts'
import type { BenchOptions, Found, Row } from './bench.ts'
import type { Keys } from './management-server.ts'
import { percentile, significant } from './percentile.ts'
import { coreWaitMs, processorMs, residentMb } from './process-cost.ts'

type Params = Readonly<Record<string, string | number | boolean>>
type Case = readonly [command: string, params: Params]

const pageAimMs = 100
const cases: readonly Case[] = [
  ['listVirtualMachines', { listall: true, pagesize: 500 }],
  ['listVirtualMachines', { listall: true, pagesize: 500, state: 'Running' }],
  ['listVirtualMachines', { listall: true, pagesize: 500, keyword: 'vm-1' }],
  ['listVirtualMachines', { listall: true, pagesize: 20 }],
  ['listVolumes', { listall: true, pagesize: 500 }],
  ['listVolumes', { listall: true, pagesize: 500, type: 'ROOT' }],
  ['listHosts', { pagesize: 500 }],
  ['listHosts', { pagesize: 20 }],
]

/** List calls through HTTP, one after the other, a page of its own each, with the tables of `seeded-server.ts`. */
export async function measureLists(kind: DatabaseKind, { quick }: BenchOptions): Promise<Found> {
  const machines = quick ? 1000 : 25_000
  const turns = quick ? 5 : 100
  const title = `List calls at ${machines} hosts, ${machines} VMs, ${2 * machines} volumes on ${kind}`
  const skipped = databaseMissing(kind)
  if (skipped !== undefined) return { title, rows: [], skipped }
  const child = spawn(
    process.execPath,
    [...serverNodeOptions, join(import.meta.dirname, 'seeded-server.ts'), kind, String(machines)],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ALTO_TEST_LOG: 'warn' } },
  )
  try {
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'exit').then(() => Promise.reject(new Error('the server with the big tables has ended'))),
    ])) as [string]
    const { url, keys } = JSON.parse(line) as { readonly url: string; readonly keys: Keys }
    const pid = child.pid ?? 0
    const rows: Row[] = []
    for (const [command, params] of cases) {
      const paged = { command, response: 'json', ...params }
      const pages = await fullPages(url, { ...paged, page: 1 }, keys)
      const ask = (turn: number): Promise<number> => timed(url, { ...paged, page: 1 + ((turn * 7) % pages) }, keys)
      for (let turn = 0; turn < Math.ceil(turns / 10); turn++) await ask(turn)
      const before = processorMs(pid)
      const times: number[] = []
      const undisturbed: number[] = []
      for (let turn = 0; turn < turns; turn++) {
        const waited = coreWaitMs(pid)
        const took = await ask(turn)
        times.push(took)
        undisturbed.push(took - (coreWaitMs(pid) - waited))
      }
      const cpu = significant((processorMs(pid) - before) / turns)
      rows.push({
        what: `${command} ${Object.entries(params)
          .filter(([name]) => name !== 'listall')
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}, p99`,
        value: percentile(times, 0.99),
        unit: 'ms',
        ...(Number(params.pagesize) === 500 ? { aim: { most: pageAimMs } } : {}),
        detail: `p50 ${percentile(times, 0.5)} ms; without the server's waiting for a core p99 ${percentile(undisturbed, 0.99)} ms; processor time of the server ${cpu} ms a call; ${turns} calls`,
      })
    }
    rows.push({ what: 'memory of that server', value: residentMb(pid), unit: 'MB', detail: 'no agents' })
    return { title, rows }
  } finally {
    agent.destroy()
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.signalCode === null) {
      child.stdin.end()
      await ended
    }
  }
}

/** How many pages are full, at least the first: only those are measured. Throws when rows are missing from that. */
async function fullPages(url: string, params: Params, keys: Keys): Promise<number> {
  const response = await fetch(`${url}/client/api?${signedQuery(params, keys)}`)
  const [body] = Object.values((await response.json()) as Readonly<Record<string, { readonly count?: number }>>)
  const rows = Object.values(body ?? {}).find((value) => Array.isArray(value)) as readonly object[] | undefined
  const [count, size] = [body?.count ?? 0, Number(params.pagesize)]
  if (rows === undefined || rows.length !== Math.min(count, size))
    throw new Error(`${params.command}: ${rows?.length} of ${count} rows: ${JSON.stringify(body).slice(0, 300)}`)
  return Math.max(1, Math.floor(count / size))
}

const agent = new Agent({ keepAlive: true })

/**
 * Until the last byte, ms. The body stays compressed and is dropped: unpacking megabytes makes this process collect its
 * garbage for a tenth of a second every few calls, which would be told of the server.
 */
async function timed(url: string, params: Params, keys: Keys): Promise<number> {
  const query = signedQuery(params, keys)
  const began = performance.now()
  const asked = request(`${url}/client/api?${query}`, { agent, headers: { 'Accept-Encoding': 'gzip' } }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200)
    throw new Error(`${params.command}: ${(await response.setEncoding('utf8').toArray()).join('').slice(0, 300)}`)
  await once(response.resume(), 'end')
  return performance.now() - began
}
