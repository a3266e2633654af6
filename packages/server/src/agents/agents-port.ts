import type { Duplex } from 'node:stream'
import type { HostMethodName, Params, Result } from '@altostack/agent-api'

/** What the last ping said; kept in memory only. */
export type AgentLoad = {
  /** Wall clock, ms. */
  readonly at: number
  readonly load1: number
  readonly memoryFreeBytes: number
  readonly vms: number
  readonly libvirt: 'up' | 'down'
}

/** What a host needs to find and trust this server. */
export type AgentTrust = {
  /** PEM of the CA. */
  readonly caCertificate: string
  /** SHA-256 of the CA certificate, hex. */
  readonly caFingerprint: string
  /** Port of the agent listener. */
  readonly port: number
  /** `host:port` of each server as a host should dial it; `seenAs` is the address that a host is known to reach. */
  readonly servers: (seenAs?: string) => Promise<readonly string[]>
}

/** Calls to hosts, whichever server holds their socket. */
export type Agents = {
  /**
   * Calls a method of a host's agent. Rejects with AltoError: `agent.unreachable` (not sent), `agent.outcome-unknown` (sent,
   * no answer: the effect is possible), or the host's own failure with its code (`evidence.effectPossible` says whether
   * something may have happened).
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
  /**
   * Raw bytes from and to a host: `begin` asks its agent (by `call`) to open something and to dial the channel at `server`.
   * Rejects like `call`, or with `agent.unreachable` when the host does not dial within seconds.
   */
  readonly openChannel: (
    hostId: number,
    begin: (channel: { readonly channel: string; readonly server: string }) => Promise<unknown>,
  ) => Promise<Duplex>
  readonly isConnected: (hostId: number) => boolean
  /** Resolves when the host's agent is connected and said hello, or rejects after `timeoutMs` with `agent.unreachable`. */
  readonly connected: (hostId: number, timeoutMs: number) => Promise<void>
  /** Closes the socket of a host. */
  readonly drop: (hostId: number, reason: string) => void
  /** The last ping of a connected host. */
  readonly load: (hostId: number) => AgentLoad | undefined
  /** The outcomes of these journal keys are saved: the host may forget them (told with its next ping). */
  readonly acknowledge: (hostId: number, keys: readonly string[]) => void
  /** Throws Bug before the agent server is open. */
  readonly trust: () => AgentTrust
}
