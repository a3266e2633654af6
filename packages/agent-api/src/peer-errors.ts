import type { AltoError } from '@altostack/core'
import { rpcErrorCodes } from './protocol.ts'
import { type AgentErrorData, agentErrorData } from './schema/error-data.ts'

/** The other side answered an error. `data.code` is from the catalogue; `data.effectPossible` says what may have happened. */
export class AgentCallError extends Error {
  override readonly name = 'AgentCallError'
  readonly method: string
  /** JSON-RPC error code: one of `rpcErrorCodes` or of the standard (-32700 to -32603). */
  readonly rpcCode: number
  readonly data: AgentErrorData
  constructor(method: string, rpcCode: number, message: string, data: AgentErrorData) {
    super(message)
    this.method = method
    this.rpcCode = rpcCode
    this.data = data
  }
  get code(): string {
    return this.data.code
  }
  get effectPossible(): boolean {
    return this.data.effectPossible
  }
}

/** The connection ended before the answer: the effect is unknown. */
export class PeerClosedError extends Error {
  override readonly name = 'PeerClosedError'
  readonly code = 'agent.connection-closed'
  readonly effectPossible = true
}

/** No answer within the deadline: the effect is unknown. */
export class PeerDeadlineError extends Error {
  override readonly name = 'PeerDeadlineError'
  readonly code = 'agent.deadline'
  readonly effectPossible = true
  readonly deadlineMs: number
  constructor(method: string, deadlineMs: number) {
    super(`${method}: no answer within ${deadlineMs} ms`)
    this.deadlineMs = deadlineMs
  }
}

/** The error data of anything that a handler threw; unknown errors count as `effectPossible`. */
export function readErrorData(value: unknown): AgentErrorData {
  const parsed = agentErrorData.safeParse(value)
  return parsed.success ? parsed.data : { code: 'agent.unknown', effectPossible: true }
}

/** What a catalogue error becomes on the wire. */
export function altoErrorData(error: AltoError, effectPossible: boolean): AgentErrorData {
  return {
    code: error.code,
    ...(error.seen === undefined ? {} : { seen: error.seen }),
    fix: error.fix,
    ...(error.evidence === undefined ? {} : { evidence: JSON.parse(JSON.stringify(error.evidence)) }),
    effectPossible,
  }
}

/** A refusal by a host that knows that nothing has happened: thrown by handlers of the agent and of the simulator. */
export function hostRefusal(error: AltoError, rpcCode: number = rpcErrorCodes.failure): AgentCallError {
  return new AgentCallError('', rpcCode, error.message, altoErrorData(error, false))
}
