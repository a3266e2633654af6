import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { recordChange } from '../event/feed.ts'
import { alertNames } from './alert-names.ts'
import { repetitiveAlertTypes } from './alert-types.ts'

export type AlertPlace = {
  readonly type: number
  readonly zoneId?: number | null
  readonly podId?: number | null
  readonly clusterId?: number | null
}
export type NewAlert = AlertPlace & {
  /** One line: what is wrong, where. */
  readonly subject: string
  /** What was seen and what to do. */
  readonly content: string
}

/**
 * Writes an alert in the caller's transaction. While one of the same type and place is open it is not written again,
 * except for types of single objects (host, virtual machine…) and those of alert.allowed.repetitive.types. Answers whether it was.
 */
export async function raiseAlert(tx: Tx, ctx: ServerContext, alert: NewAlert): Promise<boolean> {
  const name = alertNames[alert.type] ?? `ALERT.${alert.type}`
  const repetitive =
    repetitiveAlertTypes.has(alert.type) ||
    (await ctx.config.text('alert.allowed.repetitive.types'))
      .split(',')
      .some((item) => item.trim() !== '' && name === item.trim())
  const open = await openAlert(tx, alert, repetitive ? alert.subject : undefined)
  const now = ctx.runtime.now()
  if (open) {
    await tx
      .updateTable('alert')
      .set((e) => ({ sent_count: e('sent_count', '+', 1), last_sent: now }))
      .where('id', '=', open.id)
      .execute()
    return false
  }
  const uuid = ctx.runtime.uuid()
  const { insertId } = await tx
    .insertInto('alert')
    .values({
      uuid,
      type: alert.type,
      name,
      data_center_id: alert.zoneId ?? null,
      pod_id: alert.podId ?? null,
      cluster_id: alert.clusterId ?? null,
      subject: alert.subject.slice(0, 999),
      content: alert.content,
      created: now,
      last_sent: now,
    })
    .executeTakeFirstOrThrow()
  await recordChange(tx, ctx, {
    entity: 'Alert',
    entityId: Number(insertId),
    entityUuid: uuid,
    from: null,
    to: 'Open',
    cause: name,
    evidence: { subject: alert.subject, content: alert.content },
  })
  ctx.log.warn({ alert: name, subject: alert.subject, content: alert.content }, 'alert')
  return true
}

/** Marks the open alerts of a type and place as resolved; with a subject only those that carry it. */
export async function clearAlert(
  tx: Tx,
  ctx: ServerContext,
  place: AlertPlace & { readonly subject?: string },
): Promise<void> {
  const open = await openAlert(tx, place, place.subject)
  if (!open) return
  await tx.updateTable('alert').set({ resolved: ctx.runtime.now() }).where('id', '=', open.id).execute()
  await recordChange(tx, ctx, {
    entity: 'Alert',
    entityId: open.id,
    entityUuid: open.uuid,
    from: 'Open',
    to: 'Resolved',
    cause: alertNames[place.type] ?? `ALERT.${place.type}`,
  })
}

async function openAlert(
  tx: Tx,
  place: AlertPlace,
  subject: string | undefined,
): Promise<{ readonly id: number; readonly uuid: string } | undefined> {
  let query = tx
    .selectFrom('alert')
    .select(['id', 'uuid'])
    .where('type', '=', place.type)
    .where('resolved', 'is', null)
    .where('archived', '=', 0)
  query = query.where('data_center_id', place.zoneId == null ? 'is' : '=', place.zoneId ?? null)
  query = query.where('pod_id', place.podId == null ? 'is' : '=', place.podId ?? null)
  query = query.where('cluster_id', place.clusterId == null ? 'is' : '=', place.clusterId ?? null)
  if (subject !== undefined) query = query.where('subject', '=', subject.slice(0, 999))
  return await query.orderBy('id', 'desc').executeTakeFirst()
}
