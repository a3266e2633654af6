/**
 * What a simulated host costs: memory and processor time of the simulator's process, first with joining, then with kept
 * identities. `node packages/simulator/bench/fleet.ts [HOSTS]`; the in-test server is this process, on the same machine.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRuntime } from '@altostack/core'
import { startTlsServer } from '../src/testing/tls-server.ts'

const hosts = Number(process.argv[2] ?? 5000)
const runtime = systemRuntime()
const directory = mkdtempSync(join(tmpdir(), 'alto-fleet-'))
const server = await startTlsServer()
let running: ChildProcess | undefined
process.once('SIGTERM', () => {
  running?.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
  process.exit(1)
})

try {
  const none = await measure('an empty fleet', 1)
  await measure('join and connect', hosts, none)
  await measure('connect with kept identities', hosts, none)
} finally {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
}

/** Runs a fleet until all its hosts are connected; answers the memory of its process. */
async function measure(what: string, count: number, base = 0): Promise<number> {
  const file = join(directory, 'tokens')
  writeFileSync(file, Array.from({ length: count }, () => `${server.token()}\n`).join(''))
  const began = runtime.monotonic()
  const state = join(directory, `state-${count}`)
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [main, '--state-dir', state, '--hosts', String(count), '--tokens-file', file], {
    stdio: 'ignore',
  })
  running = child
  try {
    while (server.hosts.size < count) await runtime.sleep(20)
    const ms = runtime.monotonic() - began
    const cpu = cpuMs(child)
    await runtime.sleep(3000)
    const rss = residentBytes(child)
    const kib = ((rss - base) / count / 1024).toFixed(0)
    process.stdout.write(
      `${what}: ${count} hosts in ${(ms / 1000).toFixed(1)} s (${((count / ms) * 1000).toFixed(0)} a second), ` +
        `${(cpu / count).toFixed(1)} ms of processor a host, ${(rss / 1024 ** 2).toFixed(0)} MiB, ${kib} KiB a host\n`,
    )
    return rss
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    while (server.hosts.size > 0) await runtime.sleep(20)
  }
}

function residentBytes(child: ChildProcess): number {
  return Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]) * 4096
}

/** utime and stime of /proc/<pid>/stat, in ticks of 10 ms. */
function cpuMs(child: ChildProcess): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
