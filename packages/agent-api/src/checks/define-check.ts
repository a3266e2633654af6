import type { CheckSubject } from './check-subject.ts'

/** How a program on the host ended. */
export type ProgramEnd = { readonly code: number; readonly stdout: string; readonly stderr: string }
/** When the program was asked for and had answered, wall clock of who judges, ms. */
export type Times = {
  readonly sent: number
  readonly answered: number
  /** Factor on what counts as slow, for hosts that are known to be. */
  readonly patience?: number
}

export type Verdict = {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly seen: string
  /** Overrides the code of the check. */
  readonly code?: string
  /** Overrides the fix of the code. */
  readonly fix?: string
}

/** Who can see what a check is about. `host`: a program on the host, run by its agent, or by SSH when that is dead. */
export type SeenBy = 'server' | 'host'

/** One named check. A check of the host is a program to run there and a pure judgement of what it printed. */
export type HostCheck = {
  readonly name: string
  /** What is right when it is ok: one sentence. */
  readonly proves: string
  /** Stable code of the failure, unless the verdict names another. */
  readonly code: string
  /** Looked at before a host is changed (addHost), when it is a host (doctor), or both. */
  readonly at: readonly ('join' | 'doctor')[]
  readonly seenBy: SeenBy
  /** The repair of `repairs` that may heal it. */
  readonly repair?: string
  /** Undefined: it does not apply to this host. */
  readonly args?: (subject: CheckSubject) => readonly string[] | undefined
  readonly judge?: (end: ProgramEnd, subject: CheckSubject, times: Times) => Verdict
  readonly input?: Uint8Array
  readonly timeoutMs?: number
  /** The verdict when the program does not end: else a warning. */
  readonly late?: Verdict
  /** Run alone, before the others: what it measures is time. */
  readonly alone?: boolean
}

export function defineCheck(check: HostCheck): HostCheck {
  return Object.freeze(check)
}

export function ok(seen: string): Verdict {
  return { status: 'ok', seen }
}
export function warn(seen: string, fix?: string): Verdict {
  return { status: 'warn', seen, ...(fix === undefined ? {} : { fix }) }
}
export function fail(seen: string, fix?: string): Verdict {
  return { status: 'fail', seen, ...(fix === undefined ? {} : { fix }) }
}
/** The host's answer makes no sense. */
export function unreadable(end: ProgramEnd, fix: string): Verdict {
  return { status: 'fail', code: 'host.check-unreadable', seen: complaint(end), fix }
}

/** The first line of what a program complained of. */
export function complaint(end: ProgramEnd): string {
  const lines = `${end.stderr}\n${end.stdout}`.split('\n').filter((line) => line.trim() !== '')
  return lines[0]?.trim().slice(0, 300) ?? `exit code ${end.code}`
}

/** Non-empty lines of standard output. */
export function linesOf(end: ProgramEnd): string[] {
  return end.stdout.split('\n').filter((line) => line.trim() !== '')
}

/** `sh -c` with a fixed text; everything that varies is an argument. */
export function shell(script: string, ...args: readonly string[]): readonly string[] {
  return ['sh', '-c', script, 'check', ...args]
}

/** The worst of several verdicts, told in one. Absent ones count for nothing. */
export function worst(verdicts: readonly Verdict[], whenNone: string): Verdict {
  const rank = { ok: 0, warn: 1, fail: 2 } as const
  const sorted = verdicts.toSorted((a, b) => rank[b.status] - rank[a.status])
  const [first] = sorted
  if (first === undefined) return ok(whenNone)
  return { ...first, seen: sorted.map((one) => one.seen).join('; ') }
}
