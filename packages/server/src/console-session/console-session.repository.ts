import { createHash } from 'node:crypto'
import { virtualMachineFailure } from '@altostack/core'
import type { Queries, Row, Tx } from '../db/database.ts'

export type ConsoleSession = Row<'console_session'>
export type NewConsoleSession = Omit<
  ConsoleSession,
  'id' | 'token_hash' | 'extra_hash' | 'acquired' | 'removed' | 'client_address' | 'ended' | 'incarnation'
> & { readonly token: string; readonly extra: string | undefined }

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export async function insertConsoleSession(tx: Tx, { token, extra, ...row }: NewConsoleSession): Promise<void> {
  await tx
    .insertInto('console_session')
    .values({ ...row, token_hash: hash(token), extra_hash: extra === undefined ? null : hash(extra) })
    .execute()
}

/**
 * Uses a token: of two that come at once one gets it. Throws `virtual-machine.console-token` for one that is unknown, was
 * used, has expired, or comes without what it was made with.
 */
export async function takeConsoleSession(
  db: Queries,
  token: string,
  extra: string | undefined,
  at: { readonly now: number; readonly address: string; readonly incarnation: string },
): Promise<ConsoleSession> {
  const row = await db
    .selectFrom('console_session')
    .selectAll()
    .where('token_hash', '=', hash(token))
    .executeTakeFirst()
  if (row === undefined) throw refusedToken('it is not known')
  if (row.acquired !== null) throw refusedToken('it was used before')
  if (row.expires <= at.now) throw refusedToken('it has expired')
  if (row.extra_hash !== null && hash(extra ?? '') !== row.extra_hash) throw refusedToken('its extra token is missing')
  const { numUpdatedRows } = await db
    .updateTable('console_session')
    .set({ acquired: at.now, client_address: at.address.slice(0, 64), incarnation: at.incarnation })
    .where('id', '=', row.id)
    .where('acquired', 'is', null)
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1) throw refusedToken('it was used before')
  return row
}

/** `ended`: viewer, guest, server, user, refused, or the code of what failed. */
export async function endConsoleSession(db: Queries, id: number, now: number, ended: string): Promise<void> {
  await db
    .updateTable('console_session')
    .set({ removed: now, ended: ended.slice(0, 64) })
    .where('id', '=', id)
    .execute()
}

/** Consoles of servers that were killed ended with them. `own`: the life of this server, which has no lease when alone. */
export async function endConsolesOfDeadServers(db: Queries, own: string, now: number): Promise<void> {
  await db
    .updateTable('console_session')
    .set({ removed: now, ended: 'server' })
    .where('acquired', 'is not', null)
    .where('removed', 'is', null)
    .where('incarnation', '!=', own)
    .where('incarnation', 'not in', (eb) =>
      eb.selectFrom('server_incarnation').select('server_incarnation.id').where('expires_at', '>', now),
    )
    .execute()
}

/** Forgets sessions that ended, or were never used, before a time. */
export async function pruneConsoleSessions(db: Queries, before: number): Promise<void> {
  await db.deleteFrom('console_session').where('created', '<', before).where('expires', '<', before).execute()
}

export function refusedToken(seen: string): ReturnType<typeof virtualMachineFailure> {
  return virtualMachineFailure('virtual-machine.console-token', 'The console cannot be opened with this token', {
    seen,
  })
}
