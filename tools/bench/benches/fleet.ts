import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { addBenchCluster, createBenchZone, hostsUp, makeTokens } from '../bench-zone.ts'
import { startManagementServer } from '../management-server.ts'
import { significant } from '../percentile.ts'
import { processorMs, residentMb } from '../process-cost.ts'
import { startSimulatorProcess } from '../simulator-process.ts'

const perCluster = 250

/**
 * Thousands of agents: their first joining, the server's memory with them, and how soon they are back after kill -9.
 * ALTO_BENCH_AGENTS: another number of them, to look for what grows faster than it.
 */
export const bench: Bench = async ({ quick }) => {
  const count = quick ? 20 : Number(process.env.ALTO_BENCH_AGENTS ?? 5000)
  const server = await startManagementServer()
  try {
    const { client } = server
    const zone = await createBenchZone(client)
    const tokens: string[] = []
    for (let index = 0; tokens.length < count; index++) {
      const cluster = await addBenchCluster(client, zone, `cluster${index + 1}`, 'Simulator')
      tokens.push(...(await makeTokens(client, cluster, Math.min(perCluster, count - tokens.length))))
    }
    const simulator = startSimulatorProcess(server, tokens)
    try {
      const ended = once(simulator.child, 'exit').then(() => Promise.reject(new Error('the simulator has ended')))
      ended.catch(() => undefined)
      const joinMs = await Promise.race([hostsUp(client, count, 570_000), ended])
      const joinCpu = processorMs(server.pid()) / count
      await sleep(quick ? 500 : 10_000)
      const joined = residentMb(server.pid())
      await server.process.kill('SIGKILL')
      // Long enough for every agent to notice and to have tried again: their back-off is part of the figure.
      await sleep(quick ? 500 : 5000)
      const simulatorBefore = processorMs(simulator.child.pid ?? 0)
      const began = performance.now()
      const startMs = await server.process.start()
      await Promise.race([hostsUp(client, count, 300_000), ended])
      const backMs = performance.now() - began
      const backCpu = processorMs(server.pid())
      const simulatorCpu = processorMs(simulator.child.pid ?? 0) - simulatorBefore
      await sleep(quick ? 500 : 10_000)
      const idleFrom = processorMs(server.pid())
      const idleSeconds = quick ? 1 : 30
      await sleep(idleSeconds * 1000)
      const idle = (processorMs(server.pid()) - idleFrom) / idleSeconds / 10
      return {
        title: `${count} agents`,
        rows: [
          {
            what: 'server killed and started: all agents Up after',
            value: significant(backMs / 1000),
            unit: 's',
            aim: { most: 30 },
            detail: `from the start of the process; it listened after ${Math.round(startMs)} ms; processor time ${significant(backCpu / 1000)} s of the server, ${significant(simulatorCpu / 1000)} s of the simulated hosts`,
          },
          {
            what: 'memory of the server with them',
            value: residentMb(server.pid()),
            unit: 'MB',
            aim: { most: 700 },
            detail: `after the restart; ${joined} MB after the first joining`,
          },
          { what: 'server at rest with them', value: significant(idle), unit: '% of a core' },
          {
            what: 'first joining of all: key, certificate, host, Up',
            value: significant(joinMs / 1000),
            unit: 's',
            detail: `${significant((count / joinMs) * 1000)} a second; processor time of the server ${significant(joinCpu)} ms a host`,
          },
          { what: 'memory of the simulator', value: residentMb(simulator.child.pid ?? 0), unit: 'MB' },
        ],
        notes: [
          'Simulated hosts are one process on the same machine, over real TLS 1.3 with certificates on both sides.',
        ],
      }
    } finally {
      await simulator.stop()
    }
  } finally {
    await server.stop()
  }
}
