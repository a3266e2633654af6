import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export type WorkerPool<Input, Output> = {
  readonly run: (input: Input) => Promise<Output>
  readonly close: () => Promise<void>
}

type Waiting<Input, Output> = {
  readonly input: Input
  readonly resolve: (output: Output) => void
  readonly reject: (error: Error) => void
}
export type Message<Input> = { readonly input: Input } | { readonly end: true }
export type Reply<Output> = { readonly output: Output } | { readonly error: string }

/**
 * Threads that each play one world at a time. node:test follows every promise of its thread by asynchronous hooks, which
 * costs a simulation a third of its time; other threads have none.
 */
export function startWorkers<Input, Output>(module: URL, count: number): WorkerPool<Input, Output> {
  const queue: Waiting<Input, Output>[] = []
  const workers = Array.from({ length: count }, () => new Worker(module))
  const idle = new Set(workers)
  const active = new Map<Worker, Waiting<Input, Output>>()

  const next = (): void => {
    for (const worker of idle) {
      const waiting = queue.shift()
      if (waiting === undefined) return
      idle.delete(worker)
      active.set(worker, waiting)
      worker.postMessage({ input: waiting.input } satisfies Message<Input>)
    }
  }
  const dead = (worker: Worker, error: Error): void => {
    idle.delete(worker)
    workers.splice(workers.indexOf(worker), 1)
    active.get(worker)?.reject(error)
    active.delete(worker)
    if (workers.length === 0) for (const waiting of queue.splice(0)) waiting.reject(error)
  }
  for (const worker of [...workers]) {
    worker.on('message', (reply: Reply<Output>) => {
      const waiting = active.get(worker)
      active.delete(worker)
      idle.add(worker)
      if ('error' in reply) waiting?.reject(new Error(reply.error))
      else waiting?.resolve(reply.output)
      next()
    })
    worker.on('error', (error) => dead(worker, error as Error))
    worker.on('exit', () => dead(worker, new Error('the worker has ended')))
  }
  return {
    run: (input) =>
      new Promise((resolve, reject) => {
        if (workers.length === 0) reject(new Error('no worker is left'))
        queue.push({ input, resolve, reject })
        next()
      }),
    /** Each removes what it made, then ends. */
    async close() {
      const ends = [...workers].map((worker) => once(worker, 'exit'))
      for (const worker of workers) worker.postMessage({ end: true } satisfies Message<Input>)
      await Promise.all(ends)
    },
  }
}
