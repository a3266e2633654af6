import type { z } from 'zod'

/**
 * One JSON-RPC 2.0 method between management server and agent.
 * - `direction`: who calls whom.
 * - `mutates`: changes something on the host. Its params carry `tokens`; the agent journals the intent before the effect,
 *   answers a repeated key from the journal and settles a started entry with the method's own probe after a crash.
 * - `long`: answers `{ accepted: true }` at once; the outcome is read by `job.poll` under the same key and announced by
 *   `report.job`.
 * - `deadlineMs`: after it the caller gives up waiting (the outcome is then unknown, never assumed).
 * - `legal`: `always`, or `current`: only while the agent's host incarnation is the acknowledged one (a fenced host that
 *   returns may only report and end guests).
 */
export type MethodDefinition<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> = {
  readonly name: string
  readonly direction: 'server-to-agent' | 'agent-to-server'
  readonly description: string
  readonly params: P
  readonly result: R
  readonly mutates: boolean
  readonly idempotent: boolean
  readonly long?: boolean
  readonly deadlineMs: number
  /** First protocol version that has it. The server supports version N and N-1. */
  readonly since: number
  readonly legal: 'always' | 'current'
  /** No answer is expected. */
  readonly notification?: boolean
}

export type ParamsOf<M extends MethodDefinition> = z.infer<M['params']>
export type ResultOf<M extends MethodDefinition> = z.infer<M['result']>

/** Identity at run time; keeps the literal types. */
export function defineMethod<const M extends MethodDefinition>(method: M): M {
  return Object.freeze(method)
}
