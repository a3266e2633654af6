/**
 * What a simulated host costs: memory of the process a host, joins a second, connects a second after a restart, calls a
 * second. `node packages/simulator/bench/fleet.ts [HOSTS]`; the server is a process of its own on the same machine.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRuntime } from '@altostack/core'
import { type Simulator, startSimulator } from '../src/simulator.ts'

const hosts = Number(process.argv[2] ?? 5000)
const runtime = systemRuntime()
const stateDir = mkdtempSync(join(tmpdir(), 'alto-fleet-'))
const server = fork(join(import.meta.dirname, 'fleet-server.ts'))

try {
  server.send({ tokens: hosts })
  const [{ tokens }] = (await once(server, 'message')) as [{ tokens: string[] }]
  const empty = rss()
  const first = await measure('join and connect', (log) => start(tokens, log))
  report('memory a host, connected', `${((rss() - empty) / hosts / 1024).toFixed(1)} KiB`)
  const { heapUsed, external } = process.memoryUsage()
  report('of it heap and external', `${((heapUsed + external) / hosts / 1024).toFixed(1)} KiB`)
  report('memory of the process', `${(rss() / 1024 ** 2).toFixed(0)} MiB`)
  first.stop()
  await gone()
  const second = await measure('connect with kept identities', (log) => start([], log))
  second.stop()
} finally {
  server.disconnect()
  rmSync(stateDir, { recursive: true, force: true })
}

function start(tokens: readonly string[], log: (message: string) => void): Simulator {
  return startSimulator({ runtime, stateDir, hosts, tokens: () => tokens, log: (_level, message) => log(message) })
}

async function measure(what: string, begin: (log: (message: string) => void) => Simulator): Promise<Simulator> {
  const messages = new Map<string, number>()
  const began = runtime.monotonic()
  const simulator = begin((message) => messages.set(message, (messages.get(message) ?? 0) + 1))
  while (simulator.connected() < hosts) await runtime.sleep(50)
  const ms = runtime.monotonic() - began
  report(what, `${hosts} hosts in ${(ms / 1000).toFixed(1)} s, ${((hosts / ms) * 1000).toFixed(0)} a second`)
  for (const [message, count] of messages) if (/lost|failed/.test(message)) report(message, String(count))
  return simulator
}

async function gone(): Promise<void> {
  for (;;) {
    server.send({ ask: true })
    const [{ connected }] = (await once(server, 'message')) as [{ connected: number }]
    if (connected === 0) return
    await runtime.sleep(50)
  }
}

function rss(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

function report(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`)
}
