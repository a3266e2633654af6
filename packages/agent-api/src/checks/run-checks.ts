import { agentErrors, checkErrors, type ErrorCatalogue, errorText, hostErrors } from '@altostack/core'
import type { CheckResult } from '../schema/host-facts.ts'
import type { CheckSubject } from './check-subject.ts'
import type { HostCheck, ProgramEnd, Verdict } from './define-check.ts'

export type RunProgram = (
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly input?: Uint8Array },
) => Promise<ProgramEnd>

export type CheckRunner = {
  readonly run: RunProgram
  /** Wall clock of who judges, ms. */
  readonly now: () => number
  /** Programs at the same time. */
  readonly parallel: number
  /** Longest that a check may take, ms; its own limit when that is shorter. */
  readonly limitMs?: number
  /** Factor on the checks' own limits, for hosts that are known to be slow. Default 1. */
  readonly patience?: number
  readonly onResult?: (result: CheckResult) => void
}

const catalogue: ErrorCatalogue = { ...agentErrors, ...hostErrors, ...checkErrors }

/** A verdict as it is told, with the code of the check and the catalogue's fix where it names none. */
export function checkResultOf(check: Pick<HostCheck, 'name' | 'code'>, verdict: Verdict): CheckResult {
  const { status, seen } = verdict
  if (status === 'ok') return { name: check.name, status, seen }
  const code = verdict.code ?? check.code
  return { name: check.name, status, code, seen, fix: verdict.fix ?? catalogue[code]?.fix ?? '' }
}

/** Runs checks of the host; those that do not apply are left out. Never throws: a check that cannot be run has failed. */
export async function runHostChecks(
  checks: readonly HostCheck[],
  subject: CheckSubject,
  runner: CheckRunner,
): Promise<CheckResult[]> {
  const applying = checks.flatMap((check) => {
    const args = check.seenBy === 'host' ? check.args?.(subject) : undefined
    return args === undefined ? [] : [{ check, args }]
  })
  const results = new Map<string, CheckResult>()
  const one = async ({ check, args }: (typeof applying)[number]): Promise<void> => {
    const result = checkResultOf(check, await verdictOf(check, args, subject, runner))
    results.set(check.name, result)
    runner.onResult?.(result)
  }
  // What measures time is not disturbed by the others.
  for (const item of applying.filter(({ check }) => check.alone)) await one(item)
  const rest = applying.filter(({ check }) => !check.alone)
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await one(item)
  }
  await Promise.all(Array.from({ length: runner.parallel }, worker))
  return applying.flatMap(({ check }) => results.get(check.name) ?? [])
}

/** Scripts that wait by themselves wait longer, too. */
function patient(args: readonly string[], patience = 1): readonly string[] {
  return patience === 1 ? args : ['env', `ALTO_WAIT=${Math.ceil(3 * patience)}`, ...args]
}

async function verdictOf(
  check: HostCheck,
  args: readonly string[],
  subject: CheckSubject,
  runner: CheckRunner,
): Promise<Verdict> {
  const ownMs = (check.timeoutMs ?? 10_000) * (runner.patience ?? 1)
  const timeoutMs = Math.min(ownMs, runner.limitMs ?? Number.POSITIVE_INFINITY)
  const sent = runner.now()
  try {
    const end = await runner.run(patient(args, runner.patience), {
      timeoutMs,
      ...(check.input === undefined ? {} : { input: check.input }),
    })
    return (
      check.judge?.(end, subject, {
        sent,
        answered: runner.now(),
        patience: runner.patience ?? 1,
      }) ?? { status: 'ok', seen: '' }
    )
  } catch (error) {
    if (check.late !== undefined) return check.late
    return {
      status: 'fail',
      code: 'host.check-unreadable',
      seen: errorText(error),
      fix: 'Look at the load of the host and try again.',
    }
  }
}
