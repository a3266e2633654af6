import type { HostMethodName, methods, Params, Result } from '@altostack/agent-api'
import type { Json, JsonObject } from '@altostack/core'
import type { HostContext } from './host-context.ts'

type Definition<N extends HostMethodName> = (typeof methods)[N]
export type MutatingName = { [N in HostMethodName]: Definition<N>['mutates'] extends true ? N : never }[HostMethodName]
export type ReadingName = Exclude<HostMethodName, MutatingName>

/** The method's result, or for a long one the JSON that `job.poll` answers. */
export type Yield<N extends HostMethodName> = Definition<N> extends { long: true } ? JsonObject : Result<N>

/** Is the effect of an interrupted call there? The meanings are those of the KVM agent's journal. */
export type Probe<T> =
  | { readonly effect: 'done'; readonly result: T }
  | { readonly effect: 'absent' }
  | { readonly effect: 'running'; readonly resume: (job: Job) => Promise<T> }
  | { readonly effect: 'failed'; readonly error: Error }

export type Job = {
  readonly progress: (progress: JsonObject) => void
  /** Aborted when this life of the agent ends; the effect may go on. */
  readonly signal: AbortSignal
}

/** A method that changes the host. Each effect is one synchronous step, so that a crash falls before or after it. */
export type MutatingMethod<N extends MutatingName> = {
  readonly run: (context: HostContext, params: Params<N>, job: Job) => Yield<N> | Promise<Yield<N>>
  readonly probe: (context: HostContext, params: Params<N>) => Probe<Yield<N>>
}
export type ReadingMethod<N extends ReadingName> = (
  context: HostContext,
  params: Params<N>,
) => Result<N> | Promise<Result<N>>

/** Identity with the types of one method of the contract. */
export function mutatingMethod<N extends MutatingName>(_name: N, method: MutatingMethod<N>): MutatingMethod<N> {
  return method
}
export function readingMethod<N extends ReadingName>(_name: N, method: ReadingMethod<N>): ReadingMethod<N> {
  return method
}

export type HostMethods = {
  readonly [N in Exclude<HostMethodName, 'job.poll'>]: N extends MutatingName
    ? MutatingMethod<N>
    : N extends ReadingName
      ? ReadingMethod<N>
      : never
}
export type AnyMutatingMethod = {
  readonly run: (context: HostContext, params: unknown, job: Job) => Json | Promise<Json>
  readonly probe: (context: HostContext, params: unknown) => Probe<Json>
}
