import type { CommandDefinition, Input, Placement, ResponseDefinition, ResponseValue } from '@altostack/api'
import type { JsonObject } from '@altostack/core'
import type { Workflow } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import type { Caller } from './caller.ts'
import type { EntityRows } from './entity-rows.ts'

/** Rows of the entities that the input names, loaded and access-checked: by parameter name. */
export type Entities<C extends CommandDefinition> = {
  readonly [K in keyof C['params'] as C['params'][K] extends { entity: string } ? K : never]: C['params'][K] extends {
    entity: infer E extends keyof EntityRows
    type: infer T
  }
    ? T extends 'list'
      ? readonly EntityRows[E][]
      : C['params'][K] extends { required: true }
        ? EntityRows[E]
        : EntityRows[E] | undefined
    : never
}

type CallBase<C extends CommandDefinition> = {
  readonly ctx: ServerContext
  readonly caller: Caller
  readonly input: Input<C>
  readonly entities: Entities<C>
  /** Wall clock at the request, milliseconds. */
  readonly now: number
}
/** A read: `db` is a read connection or the writer, never inside a transaction. */
export type ReadCall<C extends CommandDefinition> = CallBase<C> & {
  readonly db: Queries
  /** Rows to skip and take; already validated (page, pagesize, default.page.size). */
  readonly page: { readonly offset: number; readonly limit: number }
  /** What the caller may see: ids resolved from account, domainid, listall, isrecursive and the caller's role. */
  readonly scope: OwnershipScope
  /** Aborted when the client has gone or the server stops: a read that waits looks at it. */
  readonly signal?: AbortSignal
}
/** A change: everything in ONE transaction; nothing but its own queries is awaited inside. */
export type ChangeCall<C extends CommandDefinition> = CallBase<C> & {
  readonly tx: Tx
  /** True under `dryrun=true`: the transaction is rolled back afterwards, nothing is sent to agents. */
  readonly dryrun: boolean
  /** What `prepare` answered. */
  readonly prepared?: string
}
/** A job: outside any transaction, after the run has ended. */
export type ResultCall<C extends CommandDefinition> = CallBase<C> & {
  readonly db: Queries
  readonly output: JsonObject
}

export type OwnershipScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'account'; readonly accountId: number }
  /** The domain itself, or with everything below it. */
  | { readonly kind: 'domain'; readonly domainId: number; readonly path: string; readonly recursive: boolean }

type View<C extends CommandDefinition> = C['response'] extends ResponseDefinition
  ? ResponseValue<C['response']>
  : // biome-ignore lint/suspicious/noConfusingVoidType: a plain success has nothing to return
    void

/** What an async command's transaction decides: which workflow runs, for which object. */
export type Submission = {
  readonly workflow: Workflow
  readonly input: JsonObject
  /** At most one live run a key: `vm:<id>`, `host:<id>`… */
  readonly lockKey?: string
  readonly instance?: { readonly type: string; readonly id: number; readonly uuid: string }
  /** Whose object it is, for the events; the owner of what parameter `id` names, or the caller, when absent. */
  readonly owner?: { readonly accountId: number; readonly domainId: number }
  /** Fields answered beside the job id (registerUserKeys). */
  readonly beside?: JsonObject
}

export type { Placement }

/** What `dryrun=true` answers beyond the steps, from pure planners. */
export type Plan = {
  readonly steps?: readonly string[]
  readonly claims?: readonly JsonObject[]
  /** Where it could go: hosts × filters, for root administrators. */
  readonly placement?: Placement
  readonly moves?: readonly JsonObject[]
  readonly refusals?: readonly {
    readonly code: string
    readonly entity: string
    readonly seen: string
    readonly fix: string
  }[]
}

export type EventResource = {
  readonly type: string
  readonly id?: number | null
  readonly uuid?: string | null
  /** Whose it is; the caller's when absent. */
  readonly owner?: { readonly accountId: number; readonly domainId: number }
}
export type EventText<C extends CommandDefinition> = (call: CallBase<C>) => string

export type ListHandler<C extends CommandDefinition> = {
  /** `count` is the total without paging. */
  readonly list: (call: ReadCall<C>) => Promise<{ readonly count: number; readonly items: readonly View<C>[] }>
}
/** A sync command that changes nothing and answers one object (getUser, listCapabilities, queryAsyncJobResult…). */
export type ReadHandler<C extends CommandDefinition> = { readonly read: (call: ReadCall<C>) => Promise<View<C>> }
/**
 * One transaction, then the answer. Under an async or create command the job is written as done in the same transaction
 * (small changes such as createPhysicalNetwork); a create command's object must carry `id`.
 */
export type ChangeHandler<C extends CommandDefinition> = {
  readonly change: (call: ChangeCall<C>) => Promise<View<C>>
  /** Slow work that must not hold the transaction open, such as a password's hash. */
  readonly prepare?: (call: CallBase<C>) => Promise<string>
  /**
   * Under an async command: the answer stands beside the job id, and the job's result is read anew whenever somebody
   * asks, instead of being kept in the job's row. For answers with secrets (registerUserKeys).
   */
  readonly result?: (call: ResultCall<C>) => Promise<View<C>>
  readonly plan?: (call: ChangeCall<C>) => Promise<Plan>
  readonly eventText?: EventText<C>
  /** The object the event is about, where it is not the one that parameter `id` names. */
  readonly eventResource?: (call: CallBase<C>, view: View<C>) => EventResource | undefined
}
/** An async (or create) command: one transaction decides, a workflow does. Also a sync command that waits for a workflow. */
export type SubmitHandler<C extends CommandDefinition> = {
  readonly submit: (call: ChangeCall<C>) => Promise<Submission>
  /** The object of the job's result (or of the sync answer), read after the run succeeded. */
  readonly result: (call: ResultCall<C>) => Promise<View<C>>
  readonly plan?: (call: ChangeCall<C>) => Promise<Plan>
  /** Under dryrun, after the rehearsed transaction: what only a look outside can tell. Must change nothing anywhere. */
  readonly probe?: (call: CallBase<C>) => Promise<Plan>
  readonly eventText?: EventText<C>
}
/** login and logout: they set and clear the session's cookies. `token` is the session of the request, if it has one. */
export type SessionHandler<C extends CommandDefinition> = {
  readonly session: (call: {
    readonly ctx: ServerContext
    readonly input: Input<C>
    readonly token: string | undefined
    readonly remoteAddress: string
  }) => Promise<{
    readonly view: View<C>
    /** Absent: the cookies are cleared. */
    readonly cookies?: { readonly token: string; readonly sessionKey: string }
  }>
}
export type Handler<C extends CommandDefinition = CommandDefinition> =
  | ListHandler<C>
  | SessionHandler<C>
  | ReadHandler<C>
  | ChangeHandler<C>
  | SubmitHandler<C>

export type BoundHandler = { readonly command: CommandDefinition; readonly handler: Handler }

/** `export const handler = defineHandler(startVirtualMachine, { submit…, result… })` in `<area>/commands/<command>.ts`. */
export function defineHandler<C extends CommandDefinition>(command: C, handler: Handler<C>): BoundHandler {
  return { command, handler: handler as unknown as Handler }
}
