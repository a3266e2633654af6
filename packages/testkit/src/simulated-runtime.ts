import type { Runtime } from '@altostack/core'

export type SimulatedRuntime = Runtime & {
  /**
   * Runs due tasks, virtual time leaping from one to the next, until `until` holds (or nothing is left to run, or
   * `maxMs` of virtual time has passed: both throw, naming the seed, unless there was no `until`).
   */
  readonly run: (until?: () => boolean, options?: { readonly maxMs?: number }) => Promise<void>
  /** Like `run`, until the promise settles; answers its value. */
  readonly settle: <T>(promise: Promise<T>, options?: { readonly maxMs?: number }) => Promise<T>
  /** Passes exactly `ms` of virtual time, running what falls due. */
  readonly advance: (ms: number) => Promise<void>
  /** A pause of 0 to `maxMs` virtual ms, drawn from the seed: put one wherever the real world may reorder. */
  readonly jitter: (maxMs: number) => Promise<void>
  /** An independent stream of random numbers in [0, 1), drawn from the seed. */
  readonly fork: () => () => number
  readonly seed: number
  /** Tasks that wait for their time. */
  readonly waiting: () => number
}

type Task = { readonly due: number; readonly order: number; readonly run: () => void; cancelled: boolean }

/**
 * Core's Runtime on a seeded scheduler: virtual clocks, and tasks due at the same time run in an order drawn from the
 * seed. What runs between two tasks is drained to the end first, so one seed is one execution, as long as the code under
 * test takes time, chance and ids from here and waits for nothing outside this process.
 */
export function simulatedRuntime(seed: number): SimulatedRuntime {
  // 2026-01-01T00:00:00Z: any fixed instant does.
  const epoch = 1_767_225_600_000
  const random = mulberry32(seed)
  const tasks: Task[] = []
  let elapsed = 0

  function after(ms: number, run: () => void): () => void {
    const task: Task = { due: elapsed + Math.max(0, ms), order: random(), run, cancelled: false }
    push(tasks, task)
    return () => {
      task.cancelled = true
    }
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = (): void => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  async function run(until?: () => boolean, { maxMs = 3_600_000 }: { readonly maxMs?: number } = {}): Promise<void> {
    const end = elapsed + maxMs
    for (;;) {
      await drain()
      if (until?.()) return
      const task = pop(tasks)
      if (!task) {
        if (until) throw new Error(`seed ${seed}: nothing is left to run and the condition does not hold`)
        return
      }
      if (task.cancelled) continue
      if (task.due > end) {
        push(tasks, task)
        elapsed = end
        if (until) throw new Error(`seed ${seed}: the condition does not hold after ${maxMs} virtual ms`)
        return
      }
      elapsed = Math.max(elapsed, task.due)
      task.run()
    }
  }

  async function settle<T>(promise: Promise<T>, options?: { readonly maxMs?: number }): Promise<T> {
    let settled = false
    const mark = (): void => {
      settled = true
    }
    promise.then(mark, mark)
    await run(() => settled, options)
    return await promise
  }

  async function advance(ms: number): Promise<void> {
    const end = elapsed + ms
    await run(undefined, { maxMs: ms })
    elapsed = end
  }

  return {
    seed,
    now: () => epoch + Math.floor(elapsed),
    monotonic: () => elapsed,
    sleep,
    after,
    random,
    randomBytes: (size) => Uint8Array.from({ length: size }, () => Math.floor(random() * 256)),
    uuid: () => uuid(random),
    run,
    settle,
    advance,
    jitter: (maxMs) => sleep(random() * maxMs),
    fork: () => mulberry32(Math.floor(random() * 2 ** 32)),
    waiting: () => tasks.filter((task) => !task.cancelled).length,
  }
}

const fileWork = /^(FSReq|CloseReq)/

/**
 * One turn of the event loop runs every microtask, also those that microtasks add. Work on files takes as many turns as
 * the machine is slow: without waiting for it virtual hours would pass meanwhile, and every deadline with them.
 */
async function drain(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve))
  while (process.getActiveResourcesInfo().some((name) => fileWork.test(name)))
}

/** A small seeded generator with a period of 2^32, uniform in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16))
  hex[12] = 4
  hex[16] = 8 + ((hex[16] ?? 0) & 3)
  const text = hex.map((digit) => digit.toString(16)).join('')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}

function before(a: Task, b: Task): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

/** Binary heap: the simulation holds a timer for each of thousands of hosts. */
function push(heap: Task[], task: Task): void {
  let at = heap.push(task) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent] as Task
    if (!before(task, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = task
}

function pop(heap: Task[]): Task | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (top === undefined || last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child++
    if (!before(heap[child] as Task, last)) break
    heap[at] = heap[child] as Task
    at = child
  }
  heap[at] = last
  return top
}
