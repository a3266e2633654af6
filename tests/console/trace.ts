import type { Page } from 'playwright-core'

type TraceEvent = {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** Records what the page's main thread does until `stop`. */
export async function startTrace(page: Page): Promise<{ readonly stop: () => Promise<readonly TraceEvent[]> }> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'toplevel', '__metadata'] },
  })
  return {
    async stop() {
      const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
      await session.send('Tracing.end')
      await complete
      return events
    },
  }
}

/**
 * Tasks of the renderers' main threads that took more than `limitMs` of processor time: what other programs of a busy
 * machine take away is not the page's.
 */
export function longTasks(events: readonly TraceEvent[], limitMs: number): readonly number[] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  )
  const tasks = events.filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid}/${tid}`))
  if (tasks.length === 0) throw new Error('the trace has no task of a main thread')
  return tasks.map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000).filter((ms) => ms > limitMs)
}
