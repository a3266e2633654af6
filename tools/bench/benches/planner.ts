import type { Bench } from '../bench.ts'
import { scriptJson } from '../script-json.ts'

type Planned = {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMs: number
  readonly cpuP99Ms: number
  readonly largestShare: number
  readonly refusedP50Ms: number
  readonly refusedP99Ms: number
}

/** The pure planner on one snapshot, as parallel deploys see it before the first of them has claimed. */
export const bench: Bench = async ({ quick }) => {
  const hosts = quick ? 500 : 10_000
  const deploys = 100
  const found = await scriptJson<Planned>('packages/server/bench/planner.ts', [String(hosts), String(deploys)])
  return {
    title: `Planner: ${hosts} hosts, ${deploys} parallel deploys on one snapshot`,
    rows: [
      {
        what: 'time of a plan, p99',
        value: found.p99Ms,
        unit: 'ms',
        aim: { most: 5 },
        detail: `p50 ${found.p50Ms} ms`,
      },
      {
        what: 'processor time of a plan, p99',
        value: found.cpuP99Ms,
        unit: 'ms',
        aim: { most: 5 },
        detail: `mean ${found.cpuMs} ms; the kernel counts it in steps of some ms, so that single plans are coarse`,
      },
      {
        what: 'largest share that one host got',
        value: found.largestShare,
        unit: `of ${deploys}`,
        aim: { most: 5 },
        detail: 'no claim is told to the snapshot in between, which is the worst case',
      },
      {
        what: 'time of a refusal, p99',
        value: found.refusedP99Ms,
        unit: 'ms',
        detail: `p50 ${found.refusedP50Ms} ms; a demand that no host can hold, with the reason for each cluster`,
      },
    ],
  }
}
