import { AgentCallError, PeerClosedError, PeerDeadlineError } from '@altostack/agent-api'
import * as core from '@altostack/core'
import { AltoError, agentFailure, type ErrorCatalogue, type ErrorEntry, type JsonObject } from '@altostack/core'

/** Every code of every catalogue: an error that crossed the wire gets its own entry back. */
const entries: ReadonlyMap<string, ErrorEntry> = new Map(
  Object.entries(core)
    .filter(([name, value]) => name.endsWith('Errors') && typeof value === 'object')
    .flatMap(([, catalogue]) => Object.entries(catalogue as ErrorCatalogue)),
)

const unknownEntry: ErrorEntry = {
  api: 530,
  cause: 'The host failed with a code that this server does not know.',
  fix: 'See the log of the agent on the host.',
}

/** What a caller of `agents` catches: AltoError for everything that can happen between server and host. */
export function hostFailureOf(error: unknown, hostId: number, method: string): unknown {
  if (error instanceof AgentCallError) return rebuild(error.code, error.message, error.data)
  if (error instanceof PeerDeadlineError || error instanceof PeerClosedError) {
    return agentFailure('agent.outcome-unknown', `${method}: no answer from the host`, {
      seen: `host ${hostId}: ${error.message}`,
      evidence: { effectPossible: true, method },
      cause: error,
    })
  }
  return error
}

type WireFailure = {
  readonly seen?: string | undefined
  readonly fix?: string | undefined
  readonly evidence?: unknown
  readonly effectPossible: boolean
}

/** The host's failure as the error it was there. */
export function rebuild(code: string, message: string, data: WireFailure): AltoError {
  return new AltoError(code, entries.get(code) ?? unknownEntry, message, {
    ...(data.seen === undefined ? {} : { seen: data.seen }),
    ...(data.fix === undefined ? {} : { fix: data.fix }),
    evidence: { ...(data.evidence as JsonObject | undefined), effectPossible: data.effectPossible },
  })
}

export function unreachable(hostId: number, method: string): AltoError {
  return agentFailure('agent.unreachable', `${method}: the agent of the host is not connected`, {
    seen: `host ${hostId} has no connection to this server`,
    evidence: { effectPossible: false, method },
  })
}
