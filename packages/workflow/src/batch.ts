import { Bug } from '@altostack/core'
import type { Insertable, Transaction } from 'kysely'
import type { EffectStep, RunOutcome, Step, TransactStep } from './define-workflow.ts'
import { type Drive, ignoresCancel } from './run-port.ts'
import { encodeOutput, endRun, type RunChange, type StepRow, updateStep, writeRun } from './run-store.ts'
import type { RunFailure, Scope } from './step-scope.ts'
import { CrashForTest, LeaseLost } from './workflow-errors.ts'
import type { StepStatus, WorkflowTables } from './workflow-tables.ts'

type Tx = Transaction<WorkflowTables>

/** A body inside the transaction threw, which rolled it back. No step: the ending. */
export type BodyFailure = { readonly step: Step | undefined; readonly error: unknown }

/** An effect that is over and not yet saved. */
export type Done = { readonly step: EffectStep; readonly output: string; readonly attempts: number }
/** Ends the batch before this step, which then sleeps. */
export type StopBefore = { readonly step: Step | undefined; readonly change?: RunChange }
export type BackwardBatch = {
  readonly enter: RunFailure | undefined
  readonly pending: Done | undefined
  readonly undone: string | undefined
  readonly stopBefore: StopBefore | undefined
}

/**
 * What one transaction of a run saves. Works on a draft, because the transaction may be repeated or roll back; `apply`
 * after the commit makes the draft the run's state.
 */
export class Batch {
  readonly #drive: Drive
  #out: Record<string, unknown> = {}
  #steps = new Map<string, StepRow>()
  #attempts = 0
  #undone = 0
  #failure: BodyFailure | undefined

  constructor(drive: Drive) {
    this.#drive = drive
    this.#reset()
  }

  #reset(): void {
    this.#out = { ...this.#drive.run.out }
    this.#steps = new Map(this.#drive.run.steps)
    this.#attempts = 0
    this.#undone = 0
    this.#failure = undefined
  }

  /** Makes the committed draft the state of the run. */
  apply(): void {
    const { run } = this.#drive
    run.out = this.#out
    run.steps = this.#steps
    run.attempts = this.#attempts
  }

  /** The body that threw this error, if a body did. */
  failureOf(error: unknown): BodyFailure | undefined {
    if (error instanceof CrashForTest || error instanceof LeaseLost) return undefined
    return this.#failure?.error === error ? this.#failure : undefined
  }

  /** Whether a database undo was part of the attempt that just failed. */
  hasUndone(): boolean {
    return this.#undone > 0
  }

  /** The first step, in today's order, that is neither done nor skipped. */
  nextOpen(): Step | undefined {
    return this.#drive.workflow.steps.find((step) => this.#isOpen(step))
  }

  #isOpen(step: Step): boolean {
    if (step.retired) return false
    const row = this.#steps.get(step.name)
    if (row) return row.status === 'started'
    return step.when === undefined || step.when(this.#scope())
  }

  /** Forward: `pending` done, the database steps that follow, then the next effect as started, or the end. */
  async forward(
    tx: Tx,
    pending: Done | undefined,
    stopBefore: StopBefore | undefined,
  ): Promise<EffectStep | undefined> {
    this.#reset()
    const { port, run, workflow } = this.#drive
    if (pending) this.#draftDone(pending.step, pending.output, pending.attempts)
    const heedsCancel = this.nextOpen() !== undefined && !ignoresCancel(this.#drive)
    const change = stopBefore?.change ?? {}
    this.#attempts = change.attempts ?? 0
    await writeRun(tx, run, port.runtime.now(), change, heedsCancel)
    if (pending) await this.#saveStep(tx, pending.step.name)
    const begun: string[] = []
    let effect: EffectStep | undefined
    let stopped = false
    for (const step of workflow.steps) {
      if (!this.#isOpen(step)) continue
      const isNew = !this.#steps.has(step.name)
      if (step.name === stopBefore?.step?.name) stopped = true
      if (stopped || step.kind === 'effect') {
        if (isNew) this.#draftStarted(step)
        if (isNew) begun.push(step.name)
        if (!stopped) effect = step as EffectStep
        break
      }
      const output = await this.#body(step, 'do', () => step.do(tx, this.#scope()))
      if (isNew) this.#draftStarted(step)
      this.#draftDone(step, encodeOutput(output), run.attempts + 1)
      if (isNew) begun.push(step.name)
      else await this.#saveStep(tx, step.name)
    }
    await this.#insertSteps(tx, begun)
    if (!effect && !stopped) await this.#end(tx, { status: 'succeeded' })
    return effect
  }

  /** Backward: what is over, the database undos that follow, then the next effect to undo, or the end. */
  async backward(tx: Tx, batch: BackwardBatch): Promise<EffectStep | undefined> {
    this.#reset()
    const { port, run } = this.#drive
    const { enter, pending, undone, stopBefore } = batch
    const change: RunChange = enter ? { status: 'unwinding', failure: enter } : {}
    await writeRun(tx, run, port.runtime.now(), change)
    if (pending) {
      this.#draftDone(pending.step, pending.output, pending.attempts)
      await this.#saveStep(tx, pending.step.name)
    }
    if (undone !== undefined) {
      this.#draft(undone, 'undone')
      await this.#saveStep(tx, undone)
    }
    for (const step of this.#undoable()) {
      if (stopBefore && step.name === stopBefore.step?.name) return undefined
      if (step.kind === 'effect') return step
      await this.#body(step, 'undo', async () => step.undo?.(tx, this.#scope()))
      this.#undone++
      this.#draft(step.name, 'undone')
      await this.#saveStep(tx, step.name)
    }
    if (stopBefore) return undefined
    const failure = enter ?? run.failure
    if (!failure) throw new Bug(`run ${run.id} unwinds without a saved failure`)
    await this.#end(tx, { status: 'failed', failure })
    return undefined
  }

  /** The next thing to undo, if that is an effect. */
  nextUndoEffect(): EffectStep | undefined {
    const step = this.#undoable()[0]
    return step?.kind === 'effect' ? step : undefined
  }

  /** Steps that may have happened and have an undo, last begun first. */
  #undoable(): readonly Step[] {
    const { run, workflow } = this.#drive
    const rows = [...this.#steps.values()].sort((a, b) => b.seq - a.seq)
    return rows.flatMap((row) => {
      const step = workflow.steps.find((candidate) => candidate.name === row.name) ?? gone(run.name, row.name)
      // A started database step was rolled back: there is nothing of it to undo.
      const happened = row.status === 'done' || (row.status === 'started' && step.kind === 'effect')
      return happened && step.undo ? [step] : []
    })
  }

  async #end(tx: Tx, outcome: RunOutcome): Promise<void> {
    const { run, workflow } = this.#drive
    await this.#body(undefined, 'do', async () => {
      await workflow.onEnded?.(tx, this.#scope(), outcome)
      if (outcome.status === 'succeeded') await workflow.onSucceeded?.(tx, this.#scope())
      else await workflow.onFailed?.(tx, this.#scope(), outcome.failure)
    })
    await endRun(tx, run, outcome.status)
  }

  async #body<R>(step: TransactStep | undefined, way: 'do' | 'undo', body: () => Promise<R>): Promise<R> {
    const { port, run } = this.#drive
    const point = { runId: run.id, ...(step ? { step: step.name } : {}), kind: 'transact' } as const
    try {
      if (step) port.fault({ at: `before-${way}`, ...point })
      const place = { runId: run.id, workflow: run.name, ...(step ? { step: step.name } : {}) }
      const result = await port.around(place, body)
      if (step) port.fault({ at: `after-${way}`, ...point })
      return result
    } catch (error) {
      // The error itself goes on, so that the owner's transaction knows its own lost races.
      this.#failure = { step, error }
      throw error
    }
  }

  #scope(): Scope<unknown, unknown, Record<string, unknown>> {
    const { port, run } = this.#drive
    return { ctx: port.ctx, input: run.input, out: this.#out, runId: run.id, epoch: run.epoch }
  }

  #draftStarted(step: Step): void {
    const { port, run } = this.#drive
    let seq = 0
    for (const row of this.#steps.values()) seq = Math.max(seq, row.seq + 1)
    this.#steps.set(step.name, {
      run_id: run.id,
      name: step.name,
      seq,
      status: 'started',
      output: null,
      attempts: 0,
      started_at: port.runtime.now(),
      ended_at: null,
    })
  }

  #draftDone(step: Step, output: string, attempts: number): void {
    this.#out[step.name] = JSON.parse(output)
    this.#draft(step.name, 'done', { output, attempts })
  }

  #draft(name: string, status: StepStatus, more: Partial<StepRow> = {}): void {
    const row = this.#steps.get(name)
    if (!row) throw new Bug(`step ${name} ends before it began`)
    this.#steps.set(name, { ...row, ...more, status, ended_at: this.#drive.port.runtime.now() })
  }

  async #saveStep(tx: Tx, name: string): Promise<void> {
    const row = this.#steps.get(name)
    if (!row) throw new Bug(`step ${name} is saved before it began`)
    const { status, output, attempts, ended_at } = row
    await updateStep(tx, this.#drive.run.id, name, { status, output, attempts, ended_at })
  }

  async #insertSteps(tx: Tx, names: readonly string[]): Promise<void> {
    const rows = names.map((name) => this.#steps.get(name) as Insertable<WorkflowTables['workflow_step']>)
    if (rows.length > 0) await tx.insertInto('workflow_step').values(rows).execute()
  }
}

/** Stands for a stored step that this release has lost: its undo makes the run stuck, with the reason. */
function gone(workflow: string, name: string): Step {
  const undo = async (): Promise<void> => {
    throw new Bug(`step ${name} of ${workflow} is gone, and stored runs took it; keep it as retired`)
  }
  return { kind: 'effect', name, do: undo, undo }
}
