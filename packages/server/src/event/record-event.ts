import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'

export type EventLevel = 'INFO' | 'WARN' | 'ERROR'
export type EventState = 'Created' | 'Scheduled' | 'Started' | 'Completed'
export type NewEvent = {
  /** A type of events.json, e.g. `VM.START`. */
  readonly type: string
  readonly level?: EventLevel
  readonly state?: EventState
  readonly description: string
  /** Who did it; the system user (1) when nobody asked. */
  readonly userId?: number
  /** Whose it is. */
  readonly accountId: number
  readonly domainId: number
  readonly resource?: { readonly type: string; readonly id?: number | null; readonly uuid?: string | null }
  /** Id of the first event of the same operation. */
  readonly startId?: number
}

/** Writes an event in the caller's transaction; answers its id, which later events of the operation name as `startId`. */
export async function recordEvent(tx: Tx, ctx: ServerContext, event: NewEvent): Promise<number> {
  const { insertId } = await tx
    .insertInto('event')
    .values({
      uuid: ctx.runtime.uuid(),
      type: event.type,
      level: event.level ?? 'INFO',
      state: event.state ?? 'Completed',
      description: event.description.slice(0, 1024),
      user_id: event.userId ?? 1,
      account_id: event.accountId,
      domain_id: event.domainId,
      resource_type: event.resource?.type ?? null,
      resource_id: event.resource?.id ?? null,
      resource_uuid: event.resource?.uuid ?? null,
      start_id: event.startId ?? 0,
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}
