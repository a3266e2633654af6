import type { Bench } from '../bench.ts'
import { scriptJson } from '../script-json.ts'

type Runs = {
  readonly steps: number
  readonly runs: number
  readonly atOnce: number
  readonly runsPerSecond: number
  readonly commitsPerRun: number
  readonly commitsPerSecond: number
}

/** The workflow engine without IaaS: what a durable run costs before hosts and capacity come in. */
export const bench: Bench = async ({ quick }) => {
  const found = await scriptJson<Runs>('packages/workflow/bench/runs.ts', quick ? ['100', '16'] : ['5000', '32'])
  return {
    title: 'Workflow engine alone on SQLite (WAL, synchronous FULL)',
    rows: [
      {
        what: `runs of ${found.steps} steps`,
        value: found.runsPerSecond,
        unit: 'a second',
        detail: `${found.runs} runs, ${found.atOnce} at once`,
      },
      {
        what: 'commits a run',
        value: found.commitsPerRun,
        unit: '',
        detail: `${found.commitsPerSecond} commits of runs a second`,
      },
    ],
  }
}
