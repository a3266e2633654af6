import type { Json } from '@altostack/core'
import { Bug } from '@altostack/core'
import type { Kysely, Transaction } from 'kysely'
import { databaseClock, isLostRace } from './database-errors.ts'
import type { Workflow } from './define-workflow.ts'
import { type DriveEnd, driveRun } from './drive-run.ts'
import type { EngineOptions, FaultPoint, RunPlace, WorkflowEngine } from './engine-options.ts'
import { pause } from './failures.ts'
import { createLease, type Lease } from './incarnation.ts'
import type { RunPort } from './run-port.ts'
import type { SavedRun } from './run-store.ts'
import { startRun } from './start-run.ts'
import { CrashForTest, EngineStopping, LeaseLost } from './workflow-errors.ts'
import type { WorkflowTables } from './workflow-tables.ts'

type Tx = Transaction<WorkflowTables>
/** A run that is being driven here now. */
type Active = { readonly interrupt: AbortController; readonly cancelSeen: { value: boolean }; woken: boolean }

/** The durable step engine. Call `recover` once before anything else. */
export function createEngine<C, DB extends WorkflowTables>(options: EngineOptions<C, DB>): WorkflowEngine<C, DB> {
  const { runtime, incarnation, ctx } = options
  const db = options.db as unknown as Kysely<WorkflowTables>
  const concurrency = options.concurrency ?? (() => 256)
  const leaseMs = options.leaseMs ?? 15_000
  const beatMs = options.beatMs ?? leaseMs / 3
  const inTransaction = options.transaction ?? ((body) => options.db.transaction().execute(body))
  const transaction = inTransaction as unknown as <R>(body: (tx: Tx) => Promise<R>) => Promise<R>
  const workflows = new Map<string, Workflow>()
  for (const workflow of options.workflows) {
    if (workflows.has(workflow.name)) throw new Bug(`two workflows are called ${workflow.name}`)
    workflows.set(workflow.name, workflow)
  }

  const queue = new Set<string>()
  const active = new Map<string, Active>()
  const sleeping = new Map<string, () => void>()
  /** Failures of the database in a row, by run. */
  const databaseFailures = new Map<string, number>()
  const preemptedBy = new Map<string, string>()
  const waitingUndos = new Map<string, number>()
  const idleWaiters = new Set<PromiseWithResolvers<void>>()
  let lease: Lease | undefined
  let state: 'new' | 'open' | 'stopping' | 'lost' | 'crashed' = 'new'
  let crash: CrashForTest | undefined
  let stopTicking = (): void => {}
  let drained = (): void => {}

  function fault(point: FaultPoint): void {
    if (crash) throw crash
    options.faults?.(point)
  }

  async function commit<R>(runId: string, body: (tx: Tx) => Promise<R>): Promise<R> {
    for (let round = 1; ; round++) {
      if (crash) throw crash
      try {
        const result = await transaction(async (tx) => {
          const saved = await body(tx)
          fault({ at: 'before-commit', runId })
          return saved
        })
        fault({ at: 'after-commit', runId })
        return result
      } catch (error) {
        if (!isLostRace(error) || round >= 10) throw error
        await runtime.sleep(Math.ceil(runtime.random() * 10 * round))
      }
    }
  }

  function enqueue(runId: string): void {
    if (state !== 'open') return
    const run = active.get(runId)
    if (run) {
      run.woken = true
      return
    }
    sleeping.get(runId)?.()
    sleeping.delete(runId)
    queue.add(runId)
    pump()
  }

  function pump(): void {
    for (const runId of queue) {
      if (state !== 'open' || active.size >= concurrency()) return
      queue.delete(runId)
      const run: Active = { interrupt: new AbortController(), cancelSeen: { value: false }, woken: false }
      active.set(runId, run)
      void drive(runId, run)
    }
    settleIdle()
  }

  async function drive(runId: string, run: Active): Promise<void> {
    let next: DriveEnd | undefined
    let retryMs: number | undefined
    try {
      next = await driveRun(portOf(run), runId)
      databaseFailures.delete(runId)
    } catch (error) {
      if (error instanceof CrashForTest) return die(error)
      if (!(error instanceof LeaseLost) && !(error instanceof EngineStopping)) {
        const failures = (databaseFailures.get(runId) ?? 0) + 1
        databaseFailures.set(runId, failures)
        retryMs = pause({ firstMs: 200, maxMs: 10_000 }, failures, () => runtime.random())
        options.onDatabaseError?.({ runId, error })
      }
    } finally {
      active.delete(runId)
      if (active.size === 0) drained()
    }
    if (crash) return
    if (next) settle(runId, run, next)
    if (retryMs !== undefined) sleepUntil(runId, runtime.now() + retryMs)
    pump()
  }

  function settle(runId: string, run: Active, end: DriveEnd): void {
    if (end.end === 'asleep') {
      if (run.woken) queue.add(runId)
      else sleepUntil(runId, end.wakeAt)
      return
    }
    if (end.end === 'finished') finished(end.run)
    if (end.end === 'stuck') {
      const { failure } = end.run
      if (failure) options.onStuck?.({ ...placeOf(end.run), failure, error: end.error })
    }
    for (const key of waitingUndos.keys()) if (key.startsWith(runId)) waitingUndos.delete(key)
  }

  function finished(run: SavedRun): void {
    const status = run.status === 'succeeded' ? 'succeeded' : 'failed'
    const failure = status === 'failed' && run.failure ? { failure: run.failure } : {}
    options.onFinished?.({ ...placeOf(run), status, ...failure })
  }

  function sleepUntil(runId: string, wakeAt: number): void {
    if (state !== 'open') return
    // Also a far alarm is looked at once an hour: timers do not reach beyond 24 days, and clocks are set back.
    const ms = Math.min(Math.max(0, wakeAt - runtime.now()), 3_600_000)
    sleeping.get(runId)?.()
    sleeping.set(
      runId,
      runtime.after(ms, () => {
        sleeping.delete(runId)
        if (wakeAt > runtime.now()) sleepUntil(runId, wakeAt)
        else enqueue(runId)
      }),
    )
  }

  function portOf(run: Active): RunPort {
    return {
      db,
      runtime,
      ctx,
      incarnation,
      workflows,
      commit,
      fault,
      around: options.around ?? ((_place, body) => body()),
      onProgress: (runId) => options.onProgress?.({ runId }),
      interrupt: run.interrupt.signal,
      assertLease: () => lease?.assertValid(),
      cancelSeen: run.cancelSeen,
      takeWake: () => {
        run.woken = false
      },
      onBug: (place, error) => options.onBug?.({ ...place, error }),
      onLate: (place, deadlineMs) => options.onLate?.({ ...place, deadlineMs }),
      onWaitingUndo: (place, deadlineMs) => {
        const key = `${place.runId}/${place.step}`
        const since = waitingUndos.get(key) ?? runtime.monotonic()
        const tell = runtime.monotonic() - since >= deadlineMs
        waitingUndos.set(key, tell ? Number.POSITIVE_INFINITY : since)
        if (tell) options.onLate?.({ ...place, deadlineMs })
      },
    }
  }

  function die(error: CrashForTest): void {
    crash ??= error
    state = 'crashed'
    halt(crash)
    settleIdle()
  }

  /** Ends all timers and interrupts what runs. */
  function halt(reason: Error): void {
    stopTicking()
    for (const cancel of sleeping.values()) cancel()
    sleeping.clear()
    queue.clear()
    for (const run of active.values()) run.interrupt.abort(reason)
  }

  function settleIdle(): void {
    const busy = queue.size + active.size + sleeping.size > 0
    if (busy && !crash) return
    for (const waiter of idleWaiters) {
      if (crash) waiter.reject(crash)
      else waiter.resolve()
    }
    idleWaiters.clear()
  }

  /** Reads what others may have changed of a run at work here: its owner and the request to cancel it. */
  async function recheck(runId: string): Promise<void> {
    const run = active.get(runId)
    if (!run) return
    const row = await db
      .selectFrom('workflow_run')
      .select(['owner', 'cancel_requested', 'status'])
      .where('id', '=', runId)
      .executeTakeFirst()
    if (Number(row?.cancel_requested) === 1) run.cancelSeen.value = true
    const ended = row?.status === 'failed' || row?.status === 'succeeded'
    if (row?.owner !== incarnation || (ended && active.get(runId) === run)) {
      run.interrupt.abort(new LeaseLost(`run ${runId} is no longer ours`))
    }
  }

  function lookAgain(runId: string): void {
    recheck(runId).catch((error) => options.onDatabaseError?.({ runId, error }))
  }

  /** Takes over what is free and goes on with every live run that is ours and not in memory. */
  async function adopt(): Promise<number> {
    const taken = lease ? await lease.takeOver() : 0
    const rows = await db
      .selectFrom('workflow_run')
      .select(['id', 'wake_at', 'cancel_requested'])
      .where('owner', '=', incarnation)
      .where('status', 'in', ['running', 'unwinding'])
      .orderBy('created')
      .execute()
    for (const row of rows) {
      const run = active.get(row.id)
      if (run) {
        if (Number(row.cancel_requested) === 1) run.cancelSeen.value = true
        continue
      }
      if (queue.has(row.id)) continue
      const asleep = row.wake_at !== null && Number(row.wake_at) > runtime.now()
      if (asleep && Number(row.cancel_requested) === 0) {
        if (!sleeping.has(row.id)) sleepUntil(row.id, Number(row.wake_at))
      } else if (!databaseFailures.has(row.id) || !sleeping.has(row.id)) enqueue(row.id)
    }
    return taken
  }

  async function tick(): Promise<void> {
    try {
      await lease?.beat()
      if (state === 'open') await adopt()
    } catch (error) {
      if (error instanceof LeaseLost) return loseLease(error)
      // Servers that look for the same dead one's runs may deadlock; the next beat looks again.
      if (!isLostRace(error)) options.onDatabaseError?.({ error })
      interruptIfExpired()
    }
    if (state === 'open') stopTicking = runtime.after(beatMs, () => void tick())
  }

  function loseLease(error: LeaseLost): void {
    if (state !== 'open') return
    state = 'lost'
    halt(error)
    options.onLeaseLost?.()
    settleIdle()
  }

  /** Without a beat for too long another server may act: effects in flight are told to stop. */
  function interruptIfExpired(): void {
    try {
      lease?.assertValid()
    } catch (error) {
      for (const run of active.values()) run.interrupt.abort(error)
    }
  }

  async function recover({ all = false }: { readonly all?: boolean } = {}): Promise<number> {
    if (state !== 'new') throw new Bug('recover is called once, before anything else')
    const databaseNow = options.databaseNow ?? databaseClock(db)
    lease = createLease({ db, runtime, incarnation, databaseNow, leaseMs, alone: all })
    await lease.begin()
    state = 'open'
    const taken = await adopt()
    stopTicking = runtime.after(beatMs, () => void tick())
    return taken
  }

  async function start<I extends Json>(
    tx: Transaction<DB>,
    // biome-ignore lint/suspicious/noExplicitAny: as in WorkflowEngine
    workflow: Workflow<C, I, any, any>,
    input: NoInfer<I>,
    startOptions: Parameters<WorkflowEngine<C, DB>['start']>[3] = {},
  ): Promise<string> {
    if (state === 'new') throw new Bug('call recover before start: runs of an incarnation without a lease are free')
    // By name: the engine's own definition may be the caller's with more around its end.
    const known = workflows.get(workflow.name)
    if (!known) throw new Bug(`workflow ${workflow.name} is not this engine's`)
    const id = startOptions.id ?? runtime.uuid()
    const port = { incarnation, now: runtime.now(), ctx, workflows }
    const preempted = await startRun(tx as unknown as Tx, port, known, id, input, startOptions)
    if (preempted !== undefined) preemptedBy.set(id, preempted)
    return id
  }

  function kick(runId: string): void {
    const preempted = preemptedBy.get(runId)
    if (preempted !== undefined) {
      preemptedBy.delete(runId)
      lookAgain(preempted)
    }
    if (!sleeping.has(runId)) enqueue(runId)
  }

  function wake(runId: string): void {
    enqueue(runId)
    lookAgain(runId)
  }

  async function cancel(tx: Transaction<DB>, runId: string): Promise<boolean> {
    const { numUpdatedRows } = await (tx as unknown as Tx)
      .updateTable('workflow_run')
      .set((eb) => ({ cancel_requested: 1, saves: eb('saves', '+', 1) }))
      .where('id', '=', runId)
      .where('status', '=', 'running')
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  async function resume(runId: string): Promise<boolean> {
    const resumed = await commit(runId, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('workflow_run')
        .set((eb) => ({
          owner: incarnation,
          epoch: eb('epoch', '+', 1),
          saves: eb('saves', '+', 1),
          status: 'unwinding' as const,
          attempts: 0,
          wake_at: null,
        }))
        .where('id', '=', runId)
        .where('status', '=', 'stuck')
        .executeTakeFirst()
      return numUpdatedRows === 1n
    })
    if (resumed) enqueue(runId)
    return resumed
  }

  async function stop({ graceMs = 10_000 }: { readonly graceMs?: number } = {}): Promise<void> {
    if (state === 'crashed' || state === 'lost') return
    state = 'stopping'
    halt(new EngineStopping('the server is stopping; the step runs again on the next start'))
    const ended = Promise.withResolvers<void>()
    drained = ended.resolve
    const giveUp = runtime.after(graceMs, ended.resolve)
    if (active.size > 0) await ended.promise
    giveUp()
    // An effect that did not end in time may still be at work: the lease then runs out by itself.
    if (active.size === 0) await lease?.end()
    settleIdle()
  }

  function idle(): Promise<void> {
    if (crash) return Promise.reject(crash)
    const waiter = Promise.withResolvers<void>()
    idleWaiters.add(waiter)
    settleIdle()
    return waiter.promise
  }

  return {
    incarnation,
    recover,
    start,
    kick,
    wake,
    cancel,
    resume,
    idle,
    size: () => queue.size + active.size + sleeping.size,
    stop,
  }
}

function placeOf(run: SavedRun): RunPlace {
  return { runId: run.id, workflow: run.name }
}
