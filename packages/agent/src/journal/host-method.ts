import type { HostMethodName, methods, Params, Result } from '@altostack/agent-api'
import type { Json, JsonObject } from '@altostack/core'
import type { HostContext } from '../host-context.ts'

type Definition<N extends HostMethodName> = (typeof methods)[N]
export type MutatingName = {
  [N in HostMethodName]: Definition<N>['mutates'] extends true ? N : never
}[HostMethodName]
export type ReadingName = Exclude<HostMethodName, MutatingName>

/** What a finished call yields: the method's result, or for a long one the JSON that `job.poll` answers. */
export type Yield<N extends HostMethodName> = Definition<N> extends { long: true } ? JsonObject : Result<N>

/** Is the effect of an interrupted call there? */
export type Probe<T> =
  | { readonly effect: 'done'; readonly result: T }
  /** Not there, and nothing of it is under way: a repeat starts anew. */
  | { readonly effect: 'absent' }
  /** Still under way without us: `resume` waits for its end. */
  | { readonly effect: 'running'; readonly resume: (job: Job) => Promise<T> }
  /** Ended, and not by success. */
  | { readonly effect: 'failed'; readonly error: Error }

export type Job = {
  /** For `job.poll` and `report.job`. */
  readonly progress: (progress: JsonObject) => void
  /** Aborted when the agent stops: the call should return soon, its effect may go on. */
  readonly signal: AbortSignal
}

/** A method that changes the host. `run` must be repeatable; `probe` settles it after a crash. */
export type MutatingMethod<N extends MutatingName> = {
  readonly run: (context: HostContext, params: Params<N>, job: Job) => Promise<Yield<N>>
  readonly probe: (context: HostContext, params: Params<N>) => Promise<Probe<Yield<N>>>
}
export type ReadingMethod<N extends ReadingName> = (context: HostContext, params: Params<N>) => Promise<Result<N>>

/** Identity with the types of one method of the contract. */
export function mutatingMethod<N extends MutatingName>(_name: N, method: MutatingMethod<N>): MutatingMethod<N> {
  return method
}
export function readingMethod<N extends ReadingName>(_name: N, method: ReadingMethod<N>): ReadingMethod<N> {
  return method
}

export type HostMethods = {
  readonly [N in HostMethodName]: N extends MutatingName
    ? MutatingMethod<N>
    : N extends ReadingName
      ? ReadingMethod<N>
      : never
}
export type AnyMutatingMethod = {
  readonly run: (context: HostContext, params: unknown, job: Job) => Promise<Json>
  readonly probe: (context: HostContext, params: unknown) => Promise<Probe<Json>>
}
