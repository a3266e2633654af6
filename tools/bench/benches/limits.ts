import type { Bench, Row } from '../bench.ts'
import { scriptJson } from '../script-json.ts'

type Runs = { readonly runsPerSecond: number; readonly steps: number }
type Calls = { readonly perSecond: Readonly<Record<string, number>>; readonly effectMs: number }

const effectMs = 250

/** What executor.pool.size and workers do: the same work under small and large limits. */
export const bench: Bench = async ({ quick }) => {
  const [runs, calls] = quick ? [20, 20] : [150, 200]
  const rows: Row[] = []
  for (const size of [8, 32, 256]) {
    const found = await scriptJson<Runs>('packages/workflow/bench/runs.ts', [runs, 256, size, effectMs].map(String))
    rows.push({
      what: `executor.pool.size ${size}: runs of ${found.steps} steps, three of them effects of ${effectMs} ms`,
      value: found.runsPerSecond,
      unit: 'a second',
      detail: `${runs} runs, 256 asked for at once, SQLite`,
    })
  }
  const found = await scriptJson<Calls>('packages/server/bench/workers.ts', [String(calls)])
  for (const [workers, value] of Object.entries(found.perSecond)) {
    rows.push({
      what: `workers ${workers}: calls to one host, effects of ${found.effectMs} ms`,
      value,
      unit: 'a second',
      detail: `${calls} calls asked for at once, over TLS`,
    })
  }
  return { title: 'Limits: executor.pool.size and workers', rows }
}
