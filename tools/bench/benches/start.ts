import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { startManagementServer } from '../management-server.ts'
import { percentile } from '../percentile.ts'
import { processorMs, residentMb } from '../process-cost.ts'

/** From the spawn of the process until the API, HTTPS and the agent port listen; and its memory without agents. */
export const bench: Bench = async ({ quick }) => {
  const server = await startManagementServer()
  try {
    const times: number[] = []
    const costs: number[] = []
    for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
      await server.process.kill('SIGKILL')
      times.push(await server.process.start())
      costs.push(processorMs(server.pid()))
    }
    await sleep(quick ? 200 : 5000)
    const idle = residentMb(server.pid())
    const calls = quick ? 50 : 2000
    for (let call = 0; call < calls; call++) await server.client.list('listOsTypes', { pagesize: 100, page: 1 })
    const used = residentMb(server.pid())
    return {
      title: 'Management server alone',
      rows: [
        {
          what: 'first start: makes database, CA and keys',
          value: Math.round(server.firstStartMs),
          unit: 'ms',
        },
        {
          what: 'cold start, after kill -9',
          value: percentile(times, 0.5),
          unit: 'ms',
          aim: { most: 2000 },
          detail: `median of ${times.length}, slowest ${percentile(times, 1)}; processor time ${percentile(costs, 0.5)} ms`,
        },
        { what: 'memory, idle', value: idle, unit: 'MB', aim: { most: 300 }, detail: 'no agents' },
        { what: `memory after ${calls} list calls`, value: used, unit: 'MB', aim: { most: 300 }, detail: 'no agents' },
      ],
      notes: ['SQLite in the data directory. Kept by the file system cache: “cold” is the process, not the disk.'],
    }
  } finally {
    await server.stop()
  }
}
