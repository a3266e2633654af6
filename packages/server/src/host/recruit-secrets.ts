import type { ServerContext } from '../context.ts'

type Kept = { readonly password: string; readonly forget: () => void }
const kept = new WeakMap<ServerContext['runtime'], Map<string, Kept>>()

/** A password that was never used is gone after this. */
const longestMs = 30 * 60_000

/** Keeps a password in memory, nowhere else; answers the ticket that the run carries instead of it. */
export function keepPassword(ctx: ServerContext, password: string): string {
  const ticket = ctx.runtime.uuid()
  const table = kept.get(ctx.runtime) ?? new Map<string, Kept>()
  kept.set(ctx.runtime, table)
  const forget = ctx.runtime.after(longestMs, () => table.delete(ticket))
  table.set(ticket, { password, forget })
  return ticket
}

/** Undefined after a restart of the server, or when it was forgotten. */
export function passwordOf(ctx: ServerContext, ticket: string): string | undefined {
  return kept.get(ctx.runtime)?.get(ticket)?.password
}

export function forgetPassword(ctx: ServerContext, ticket: string): void {
  const table = kept.get(ctx.runtime)
  table?.get(ticket)?.forget()
  table?.delete(ticket)
}
