import { AltoError, Bug, errorText, workflowFailure } from '@altostack/core'
import { isDatabaseAway, isLostRace } from './database-errors.ts'
import type { Retry, RunFailure } from './step-scope.ts'
import { RetryLater } from './workflow-errors.ts'

/** What a body's error means for the run. */
export type Verdict =
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'fail'; readonly failure: RunFailure; readonly bug?: unknown; readonly late?: boolean }
  /** The database is away: nothing is decided, the run goes on from its saved state later. */
  | { readonly kind: 'database' }

export type Attempt = {
  readonly step: string | undefined
  readonly retry: Retry | undefined
  /** Attempts that failed before this one. */
  readonly failedBefore: number
  /** Wall clock ms after which the step has had its time; undefined: never. */
  readonly deadlineAt: number | undefined
  readonly deadlineMs: number | undefined
  /** The step's signal was aborted because of the deadline. */
  readonly expired: boolean
  readonly now: number
  readonly random: () => number
}

/** Sorts the error of a step's `do` into the three outcomes: retry, fail, bug. */
export function judge(error: unknown, attempt: Attempt): Verdict {
  if (isLostRace(error) || isDatabaseAway(error)) return { kind: 'database' }
  const attempts = attempt.failedBefore + 1
  const late = attempt.expired || (attempt.deadlineAt !== undefined && attempt.now >= attempt.deadlineAt)
  const mayRepeat = attempts < (attempt.retry?.attempts ?? Number.POSITIVE_INFINITY)
  if (error instanceof RetryLater) {
    if (late) return deadline(attempt, error)
    if (!mayRepeat) {
      const failure = workflowFailure('workflow.retries', `${attempt.step}: ${error.message}`, {
        seen: `${attempts} attempts; last: ${error.message}`,
      })
      return { kind: 'fail', failure: toFailure(failure, attempt.step) }
    }
    return { kind: 'retry', afterMs: withinDeadline(error.afterMs ?? pause(attempt.retry, attempts, attempt.random)) }
  }
  if (attempt.expired) return deadline(attempt, error)
  if (error instanceof AltoError) {
    const worthIt = attempt.retry !== undefined && (attempt.retry.when?.(error) ?? true)
    if (worthIt && mayRepeat && !late) {
      return { kind: 'retry', afterMs: withinDeadline(pause(attempt.retry, attempts, attempt.random)) }
    }
    return { kind: 'fail', failure: toFailure(error, attempt.step) }
  }
  if (!(error instanceof Bug) && attempt.retry?.when?.(error) === true && mayRepeat && !late) {
    return { kind: 'retry', afterMs: withinDeadline(pause(attempt.retry, attempts, attempt.random)) }
  }
  return { kind: 'fail', failure: toFailure(error, attempt.step), bug: error }

  function withinDeadline(ms: number): number {
    return attempt.deadlineAt === undefined ? ms : Math.max(0, Math.min(ms, attempt.deadlineAt - attempt.now))
  }
}

/** Exponential back-off with a jitter of ±20 %, ms. `failed` counts from 1. */
export function pause(retry: Retry | undefined, failed: number, random: () => number): number {
  const { firstMs = 500, factor = 2, maxMs = 30_000 } = retry ?? {}
  const plain = Math.min(maxMs, firstMs * factor ** Math.min(failed - 1, 60))
  return Math.round(plain * (0.8 + 0.4 * random()))
}

/** How undos are repeated before the run is stuck. */
export const defaultUndoRetry = { attempts: 8, firstMs: 1000, factor: 2, maxMs: 60_000 } as const

/** The saved form of an error. Only an AltoError's own words reach the caller. */
export function toFailure(error: unknown, step: string | undefined, kind: RunFailure['kind'] = 'fail'): RunFailure {
  const known =
    error instanceof AltoError
      ? error
      : workflowFailure('workflow.bug', 'The operation failed for a reason that was not foreseen.', {
          seen: errorText(error),
        })
  return {
    kind: known === error ? kind : 'bug',
    code: known.code,
    message: known.message,
    api: known.api,
    fix: known.fix,
    ...(step === undefined ? {} : { step }),
    ...(known.seen === undefined ? {} : { seen: known.seen }),
    ...(known.entities.length === 0 ? {} : { entities: known.entities }),
    ...(known.evidence === undefined ? {} : { evidence: known.evidence }),
  }
}

function deadline(attempt: Attempt, error: unknown): Verdict {
  const failure = workflowFailure('workflow.deadline', `${attempt.step} did not end within ${attempt.deadlineMs} ms`, {
    seen: errorText(error),
  })
  return { kind: 'fail', failure: toFailure(failure, attempt.step), late: true }
}
