import type { ServerContext } from '../context.ts'

/** What a reconciler last did, for administrators. */
export type ReconcilerStatus = {
  readonly name: string
  /** Wall clock ms of the last turn's end. */
  readonly at: number
  readonly looked: number
  readonly acted: number
  readonly error: string | null
}

const statuses = new WeakMap<ServerContext['runtime'], Map<string, ReconcilerStatus>>()

export function noteTurn(
  ctx: ServerContext,
  name: string,
  turn: { readonly looked: number; readonly acted: number; readonly error?: string },
): void {
  const known = statuses.get(ctx.runtime) ?? new Map<string, ReconcilerStatus>()
  statuses.set(ctx.runtime, known)
  const { looked, acted, error = null } = turn
  known.set(name, { name, at: ctx.runtime.now(), looked, acted, error })
}

/** Every reconciler that had a turn on this server. */
export function reconcilerStatuses(ctx: ServerContext): readonly ReconcilerStatus[] {
  return [...(statuses.get(ctx.runtime)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))
}
