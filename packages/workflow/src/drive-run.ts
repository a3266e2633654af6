import { errorText, workflowFailure } from '@altostack/core'
import { Batch, type Done, type StopBefore } from './batch.ts'
import type { EffectStep, Step } from './define-workflow.ts'
import type { RunPlace } from './engine-options.ts'
import { defaultUndoRetry, judge, pause, toFailure, type Verdict } from './failures.ts'
import { type Drive, ignoresCancel, type RunPort } from './run-port.ts'
import { CancelSeen, encodeOutput, loadRun, type SavedRun, writeRun } from './run-store.ts'
import type { RunFailure, StepScope } from './step-scope.ts'
import { CrashForTest, LeaseLost, RetryLater } from './workflow-errors.ts'

export type DriveEnd =
  | { readonly end: 'finished'; readonly run: SavedRun }
  | { readonly end: 'stuck'; readonly run: SavedRun; readonly error: unknown }
  | { readonly end: 'asleep'; readonly wakeAt: number }
  /** Ended, not ours, or not there. */
  | { readonly end: 'gone'; readonly run?: SavedRun }

/**
 * Works on a run until it ends, sleeps or is interrupted. Throws LeaseLost, CrashForTest, or what the database threw;
 * the run then goes on from its saved state.
 */
export async function driveRun(port: RunPort, runId: string): Promise<DriveEnd> {
  const run = await loadRun(port.db, runId)
  if (!run) return { end: 'gone' }
  if (run.owner !== port.incarnation || (run.status !== 'running' && run.status !== 'unwinding')) {
    return { end: 'gone', run }
  }
  const workflow = port.workflows.get(run.name)
  if (!workflow) {
    port.onBug({ runId, workflow: run.name }, new Error(`no workflow is called ${run.name} in this release`))
    return { end: 'gone' }
  }
  port.cancelSeen.value = run.cancelRequested
  const drive: Drive = { port, run, workflow }
  for (;;) {
    port.interrupt.throwIfAborted()
    const end = run.status === 'running' ? await forward(drive) : await backward(drive)
    if (end) return end
  }
}

/** From the first open step to the next sleep, failure or the end; undefined: look at the run's status again. */
async function forward(drive: Drive): Promise<DriveEnd | undefined> {
  const { port, run } = drive
  let pending: Done | undefined
  for (;;) {
    const saved = await saveForward(drive, pending)
    if (saved.kind === 'end') return saved.end
    if (saved.kind === 'unwind') return undefined
    const { step } = saved
    port.interrupt.throwIfAborted()
    const result = await attempt(drive, step, 'do')
    if ('output' in result) {
      pending = { step, output: result.output, attempts: run.attempts + 1 }
      run.attempts = 0
      continue
    }
    const verdict = judgeStep(drive, step, result)
    if (verdict.kind === 'database') throw result.error
    if (verdict.kind === 'retry') {
      return await sleep(drive, verdict.afterMs, run.attempts + 1)
    }
    tell(drive, verdict, step)
    return await unwind(drive, verdict.failure, undefined)
  }
}

type Forward =
  | { readonly kind: 'effect'; readonly step: EffectStep }
  | { readonly kind: 'end'; readonly end: DriveEnd }
  | { readonly kind: 'unwind' }

/** Saves what is done, takes the database steps that follow, and marks the next effect as started: one transaction. */
async function saveForward(drive: Drive, pending: Done | undefined): Promise<Forward> {
  const { port, run } = drive
  let stopBefore: StopBefore | undefined
  for (;;) {
    const batch = new Batch(drive)
    try {
      if (!pending && !stopBefore) {
        const open = batch.nextOpen()
        if (open && isRunning(open, run)) {
          if (port.cancelSeen.value && !ignoresCancel(drive)) throw new CancelSeen()
          return { kind: 'effect', step: open as EffectStep }
        }
      }
      const next = await port.commit(run.id, (tx) => batch.forward(tx, pending, stopBefore))
      batch.apply()
      if (stopBefore) return { kind: 'end', end: { end: 'asleep', wakeAt: stopBefore.change?.wakeAt ?? 0 } }
      if (next) return { kind: 'effect', step: next }
      run.status = 'succeeded'
      return { kind: 'end', end: { end: 'finished', run } }
    } catch (error) {
      if (error instanceof CancelSeen) {
        const failure = toFailure(workflowFailure('workflow.cancelled', 'The operation was cancelled.'), undefined)
        const end = await unwind(drive, { ...failure, kind: 'cancelled' }, pending)
        return end ? { kind: 'end', end } : { kind: 'unwind' }
      }
      const failed = batch.failureOf(error)
      if (!failed) throw error
      const { step } = failed
      const verdict = judgeStep(drive, step, { error, expired: false })
      if (verdict.kind === 'database') throw error
      if (verdict.kind === 'retry' && step && !stopBefore) {
        const change = { attempts: run.attempts + 1, wakeAt: port.runtime.now() + verdict.afterMs }
        stopBefore = { step, change }
        continue
      }
      if (verdict.kind === 'retry') throw error
      tell(drive, verdict, step)
      const end = await unwind(drive, verdict.failure, pending)
      return end ? { kind: 'end', end } : { kind: 'unwind' }
    }
  }
}

/** Saves `unwinding` and the failure; the database undos that come first are in the same transaction. */
async function unwind(drive: Drive, failure: RunFailure, pending: Done | undefined): Promise<DriveEnd | undefined> {
  return await saveBackward(drive, { enter: failure, ...(pending ? { pending } : {}) })
}

async function backward(drive: Drive): Promise<DriveEnd | undefined> {
  return await saveBackward(drive, {})
}

type BackwardStart = { readonly enter?: RunFailure; readonly pending?: Done }

/** Undoes step by step, backwards. Each transaction holds one effect's `undone` and the database undos after it. */
async function saveBackward(drive: Drive, start: BackwardStart): Promise<DriveEnd | undefined> {
  const { port, run } = drive
  let enter = start.enter
  let pending = start.pending
  let undone: string | undefined
  let stopBefore: StopBefore | undefined
  let trouble: { readonly step: Step | undefined; readonly error: unknown } | undefined
  for (;;) {
    const batch = new Batch(drive)
    let next: EffectStep | undefined
    try {
      if (!enter && !undone && !stopBefore) next = batch.nextUndoEffect()
      if (!next) {
        next = await port.commit(run.id, (tx) => batch.backward(tx, { enter, pending, undone, stopBefore }))
        batch.apply()
        if (enter) run.failure = enter
        run.status = 'unwinding'
        enter = undefined
        pending = undefined
        undone = undefined
        if (trouble) return await undoFailed(drive, trouble.step, trouble.error)
        if (!next) {
          run.status = 'failed'
          return { end: 'finished', run }
        }
      }
    } catch (error) {
      const failed = batch.failureOf(error)
      if (!failed) throw error
      if (judgeStep(drive, failed.step, { error, expired: false }).kind === 'database') throw error
      trouble = failed
      stopBefore = { step: failed.step }
      // With nothing else to save the trouble is told at once.
      if (!enter && !undone && !batch.hasUndone()) return await undoFailed(drive, failed.step, error)
      continue
    }
    port.interrupt.throwIfAborted()
    const result = await attempt(drive, next, 'undo')
    if ('error' in result) return await undoFailed(drive, next, result.error)
    undone = next.name
  }
}

/** An undo, or the ending, failed: again after a pause, or stuck. */
async function undoFailed(drive: Drive, step: Step | undefined, error: unknown): Promise<DriveEnd | undefined> {
  const { port, run } = drive
  if (judgeStep(drive, undefined, { error, expired: false }).kind === 'database') throw error
  const retry = { ...defaultUndoRetry, ...step?.undoRetry }
  const attempts = run.attempts + 1
  if (error instanceof RetryLater) {
    port.onWaitingUndo(placeOf(drive, step), step?.deadlineMs ?? 600_000)
    return await sleep(drive, error.afterMs ?? pause(retry, attempts, random(drive)), run.attempts)
  }
  if (attempts < retry.attempts) return await sleep(drive, pause(retry, attempts, random(drive)), attempts)
  const base = run.failure ?? toFailure(error, step?.name)
  const failure: RunFailure = {
    ...base,
    stuck: { ...(step ? { step: step.name } : {}), message: errorText(error) },
  }
  await port.commit(run.id, (tx) => writeRun(tx, run, port.runtime.now(), { status: 'stuck', failure, attempts }))
  run.failure = failure
  run.status = 'stuck'
  return { end: 'stuck', run, error }
}

/** Saves when to go on. */
async function sleep(drive: Drive, afterMs: number, attempts: number): Promise<DriveEnd> {
  const { port, run } = drive
  const wakeAt = port.runtime.now() + afterMs
  await port.commit(run.id, (tx) => writeRun(tx, run, port.runtime.now(), { attempts, wakeAt }))
  run.attempts = attempts
  run.wakeAt = wakeAt
  return { end: 'asleep', wakeAt }
}

type Attempted = { readonly output: string } | { readonly error: unknown; readonly expired: boolean }

/** One run of a step's effect or of its undo. */
async function attempt(drive: Drive, step: EffectStep, way: 'do' | 'undo'): Promise<Attempted> {
  const { port, run } = drive
  const place = placeOf(drive, step)
  port.assertLease()
  port.takeWake()
  const expiry = new AbortController()
  const deadlineAt = way === 'do' ? deadlineOf(drive, step) : undefined
  const left = deadlineAt === undefined ? 0 : deadlineAt - port.runtime.now()
  // A step that is late already, after a restart, still gets one attempt: its effect may be there.
  const disarm =
    left > 0 ? port.runtime.after(left, () => expiry.abort(new Error('the deadline has passed'))) : undefined
  const s: StepScope<unknown, unknown, unknown> = {
    ctx: port.ctx,
    input: run.input,
    out: run.out,
    runId: run.id,
    epoch: run.epoch,
    key: `${run.id}/${step.name}`,
    attempt: run.attempts + 1,
    signal: AbortSignal.any([port.interrupt, expiry.signal]),
    cancelled: () => port.cancelSeen.value,
    progress: async (progress) => {
      await port.commit(run.id, (tx) => writeRun(tx, run, port.runtime.now(), { progress }))
      port.onProgress(run.id)
    },
  }
  try {
    port.onProgress(run.id)
    port.fault({ at: `before-${way}`, runId: run.id, step: step.name, kind: 'effect' })
    const output = await port.around(place, async () => (way === 'do' ? step.do(s) : step.undo?.(s)))
    port.fault({ at: `after-${way}`, runId: run.id, step: step.name, kind: 'effect' })
    return { output: encodeOutput(output) }
  } catch (error) {
    if (error instanceof CrashForTest || error instanceof LeaseLost) throw error
    // Interrupted: whatever the body made of it, the step stays started and runs again.
    if (port.interrupt.aborted) throw port.interrupt.reason
    return { error, expired: expiry.signal.aborted }
  } finally {
    disarm?.()
  }
}

function judgeStep(
  drive: Drive,
  step: Step | undefined,
  result: { readonly error: unknown; readonly expired: boolean },
): Verdict {
  return judge(result.error, {
    step: step?.name,
    retry: step?.retry,
    failedBefore: drive.run.attempts,
    deadlineAt: step ? deadlineOf(drive, step) : undefined,
    deadlineMs: step?.deadlineMs,
    expired: result.expired,
    now: drive.port.runtime.now(),
    random: random(drive),
  })
}

function tell(drive: Drive, verdict: Verdict, step: Step | undefined): void {
  if (verdict.kind !== 'fail') return
  if (verdict.bug !== undefined) drive.port.onBug(placeOf(drive, step), verdict.bug)
  if (verdict.late) drive.port.onLate(placeOf(drive, step), step?.deadlineMs ?? 0)
}

function deadlineOf(drive: Drive, step: Step): number | undefined {
  const row = drive.run.steps.get(step.name)
  return step.deadlineMs === undefined || !row ? undefined : Number(row.started_at) + step.deadlineMs
}

function isRunning(step: Step, run: SavedRun): boolean {
  return step.kind === 'effect' && run.steps.get(step.name)?.status === 'started'
}

function placeOf(drive: Drive, step: Step | undefined): RunPlace {
  return { runId: drive.run.id, workflow: drive.run.name, ...(step ? { step: step.name } : {}) }
}

function random(drive: Drive): () => number {
  return () => drive.port.runtime.random()
}
