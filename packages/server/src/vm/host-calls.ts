import { type Params, PeerDeadlineError } from '@altostack/agent-api'
import { AltoError, errorText, type JsonObject } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { stepTokens } from '../storage/index.ts'
import type { VirtualMachine } from './vm.states.ts'

type VmToken = Params<'vm.stop'>['vm']
/** What a step has of its run. */
export type StepTokens = { readonly key: string; readonly runId: string; readonly epoch: number }

/** A host's failure, saved as a step's output: the run decides later what it means. */
export type HostFailure = {
  readonly hostId: number
  readonly code: string
  readonly message: string
  readonly api: number
  readonly fix: string
  readonly seen?: string
  readonly evidence?: JsonObject
}
export type Outcome<T extends JsonObject = JsonObject> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: HostFailure }

export function vmToken(vm: Pick<VirtualMachine, 'instance_name' | 'uuid'>, generation: number): VmToken {
  return { instanceName: vm.instance_name, uuid: vm.uuid, generation }
}

/** The link failed: the host may or may not have acted, now or at an earlier attempt of the same step. */
export function isLinkTrouble(error: unknown): error is AltoError {
  return error instanceof AltoError && (error.code === 'agent.unreachable' || error.code === 'agent.outcome-unknown')
}

/** Worth asking the same host again soon: it is busy with this very guest. */
function isBusy(error: unknown): error is AltoError {
  return error instanceof AltoError && error.code === 'vm.busy'
}

/**
 * Asks a host; its refusal is an outcome, not an exception. A lost link becomes RetryLater, because the effect may be
 * there: the same key asks again until the host answers. Only when this step has never been tried before (`untried`) a
 * host that is not connected counts as a refusal without effect.
 */
export async function askHost<T extends JsonObject>(
  hostId: number,
  untried: boolean,
  call: () => Promise<T>,
): Promise<Outcome<T> & { readonly effectPossible: boolean }> {
  try {
    return { ok: true, value: await call(), effectPossible: true }
  } catch (error) {
    if (untried && error instanceof AltoError && error.code === 'agent.unreachable') {
      return { ok: false, failure: hostFailure(hostId, error), effectPossible: false }
    }
    if (isLinkTrouble(error) || isBusy(error)) throw new RetryLater(undefined, `host ${hostId}: ${error.message}`)
    if (!(error instanceof AltoError)) throw error
    const effectPossible = error.evidence?.effectPossible !== false
    return { ok: false, failure: hostFailure(hostId, error), effectPossible }
  }
}

/** How long a question waits for a host whose connection broke under it, ms: an agent dials again within a second or two. */
const redialMs = 5_000

/**
 * Asks a host something that changes nothing. When the connection breaks under the question, the host's next connection is
 * waited for and the question asked once more: a flap of the network is no answer about the host. Rejects as the call does.
 */
export async function askReader<T>(ctx: ServerContext, hostId: number, question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (error) {
    if (!(error instanceof AltoError) || error.code !== 'agent.outcome-unknown') throw error
    // A host that is too slow is not asked twice.
    if (error.cause instanceof PeerDeadlineError) throw error
    try {
      await ctx.agents.connected(hostId, redialMs)
    } catch {
      throw error
    }
    return await question()
  }
}

export function hostFailure(hostId: number, error: AltoError): HostFailure {
  return {
    hostId,
    code: error.code,
    message: error.message,
    api: error.api,
    fix: error.fix,
    ...(error.seen === undefined ? {} : { seen: error.seen }),
    ...(error.evidence === undefined ? {} : { evidence: error.evidence }),
  }
}

/** The saved failure as the error it was. */
export function failureError(failure: HostFailure, message = failure.message): AltoError {
  return new AltoError(failure.code, { api: failure.api, cause: failure.message, fix: failure.fix }, message, {
    ...(failure.seen === undefined ? {} : { seen: failure.seen }),
    evidence: { ...failure.evidence, hostId: failure.hostId },
  })
}

/** Longest wait for one end of a guest, ms. */
const endDeadlineMs = 60_000

/**
 * Makes sure that no copy of the VM runs on the host: asks it to end the guest at once. Throws RetryLater until that is
 * known; a host that was fenced since (its incarnation rose above `sinceIncarnation`) has ended it, or will before it
 * may act again. `part` of the key must be new whenever the guest may have been started since the last end: a host
 * answers a key that it knows from its journal.
 */
export async function ensureGone(
  ctx: ServerContext,
  s: StepTokens & { readonly signal?: AbortSignal },
  hostId: number,
  vm: VirtualMachine,
  generation: number,
  sinceIncarnation: number,
  part: string,
): Promise<void> {
  const host = await ctx.db
    .selectFrom('host')
    .select(['incarnation', 'removed'])
    .where('id', '=', hostId)
    .executeTakeFirst()
  if (host === undefined || host.removed !== null || host.incarnation > sinceIncarnation) return
  try {
    await ctx.agents.run(
      hostId,
      'vm.stop',
      { tokens: await stepTokens(ctx, hostId, s, part), vm: vmToken(vm, generation), graceMs: 0 },
      { deadlineMs: endDeadlineMs, ...(s.signal === undefined ? {} : { signal: s.signal }) },
    )
  } catch (error) {
    if (error instanceof AltoError && error.code === 'vm.absent') return
    throw new RetryLater(undefined, `host ${hostId} has not confirmed that the guest is gone: ${errorText(error)}`)
  }
}
