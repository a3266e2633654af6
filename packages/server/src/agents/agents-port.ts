import type { HostMethodName, Params, Result } from '@altostack/agent-api'

/** Calls to hosts, whichever server holds their socket. */
export type Agents = {
  /**
   * Calls a method of a host's agent. Rejects with AltoError: `agent.unreachable` (not sent), `agent.outcome-unknown` (sent,
   * no answer: the effect is possible), or the host's own failure with its code.
   */
  readonly call: <M extends HostMethodName>(
    hostId: number,
    method: M,
    params: Params<M>,
    options?: { readonly signal?: AbortSignal; readonly deadlineMs?: number },
  ) => Promise<Result<M>>
  /**
   * Starts a long method and waits for its end by report.job and job.poll; safe to repeat with the same key after a crash
   * or a reconnect. Rejects like `call`; waits through disconnects until `deadlineMs`.
   */
  readonly run: <M extends HostMethodName>(
    hostId: number,
    method: M,
    params: Params<M>,
    options: {
      readonly deadlineMs: number
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: Readonly<Record<string, unknown>>) => void
    },
  ) => Promise<unknown>
  readonly isConnected: (hostId: number) => boolean
  /** Resolves when the host's agent is connected and said hello, or rejects after `timeoutMs` with `agent.unreachable`. */
  readonly connected: (hostId: number, timeoutMs: number) => Promise<void>
  /** Closes the socket of a host. */
  readonly drop: (hostId: number, reason: string) => void
}
