import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ServerContext } from '../context.ts'

export type Metrics = {
  readonly contentType: string
  readonly request: (status: number, milliseconds: number) => void
  readonly runEnded: (workflow: string, status: string) => void
  readonly render: (ctx: ServerContext) => Promise<string>
}

/** Counters of this process, in Prometheus' text form. */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'altostack_' })
  const requests = new Counter({
    name: 'altostack_api_requests_total',
    help: 'Answers of /client/api by status.',
    labelNames: ['status'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'altostack_api_request_seconds',
    help: 'Time to answer a request of /client/api.',
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  })
  const runs = new Counter({
    name: 'altostack_runs_total',
    help: 'Workflow runs that ended.',
    labelNames: ['workflow', 'status'],
    registers: [registry],
  })
  const live = new Gauge({
    name: 'altostack_runs_live',
    help: 'Workflow runs at work or asleep on this server.',
    registers: [registry],
  })
  return {
    contentType: registry.contentType,
    request: (status, milliseconds) => {
      requests.inc({ status })
      seconds.observe(milliseconds / 1000)
    },
    runEnded: (workflow, status) => runs.inc({ workflow, status }),
    render: async (ctx) => {
      live.set(ctx.engine.size())
      return await registry.metrics()
    },
  }
}
