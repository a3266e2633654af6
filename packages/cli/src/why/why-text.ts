import type { JsonObject } from '@altostack/core'

export type Move = {
  readonly time?: string
  readonly from?: string
  readonly to?: string
  readonly cause?: string
  readonly fix?: string
  readonly evidence?: unknown
}

/** The moves of an object's state for a terminal, newest first. */
export function movesText(
  what: string,
  state: string,
  moves: readonly Move[],
  count: number,
  until: number | undefined,
): string {
  const head =
    until === undefined ? `${what} is ${state}` : `${what} as of ${new Date(until).toISOString()}; it is ${state} now`
  const lines = [head]
  if (moves.length === 0) lines.push('The flight recorder holds nothing about it in that time.')
  for (const { time, from, to, cause, fix, evidence } of moves) {
    const way = from && to ? `${from} → ${to}` : (to ?? from ?? 'changed')
    lines.push(`${time}  ${way}  ${cause}`)
    for (const [name, value] of Object.entries((evidence ?? {}) as Record<string, unknown>)) {
      if (name === 'fix' || value === null || value === '') continue
      lines.push(`    ${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    }
    if (fix) lines.push(`    what to do: ${fix}`)
  }
  if (count > moves.length) lines.push(`${count - moves.length} older moves: --limit ${Math.min(500, count)}`)
  return `${lines.join('\n')}\n`
}

const states = ['running', 'done', 'failed'] as const

/** A job for a terminal: its steps, and its error with what to do. */
export function jobText(job: JsonObject): string {
  const state = states[Number(job.jobstatus)] ?? String(job.jobstatus)
  const lines = [`job ${job.jobid}: ${job.cmd}, ${state}, since ${job.created}`]
  for (const step of (job.steps ?? []) as JsonObject[]) {
    const times = Number(step.attempts) > 1 ? `, attempt ${step.attempts}` : ''
    lines.push(`    ${step.name}: ${step.status}${times}`)
  }
  if (job.jobstatus === 2) {
    const { errorcode, errortext, code, cause, fix } = (job.jobresult ?? {}) as JsonObject
    lines.push(`${code ?? errorcode}: ${cause ?? errortext}`)
    if (fix) lines.push(`what to do: ${fix}`)
  }
  return `${lines.join('\n')}\n`
}
