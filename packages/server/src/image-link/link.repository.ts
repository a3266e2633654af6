import { createHash } from 'node:crypto'
import type { Queries, Row, Tx } from '../db/database.ts'

export type ImageLink = Row<'image_link'>

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export async function insertLink(
  tx: Tx,
  { token, ...row }: Omit<ImageLink, 'id' | 'token_hash'> & { readonly token: string },
): Promise<void> {
  await tx
    .insertInto('image_link')
    .values({ ...row, token_hash: hash(token) })
    .execute()
}

/** The link of a token that has not expired. */
export async function findLink(db: Queries, token: string, now: number): Promise<ImageLink | undefined> {
  return await db
    .selectFrom('image_link')
    .selectAll()
    .where('token_hash', '=', hash(token))
    .where('expires', '>', now)
    .executeTakeFirst()
}

export async function expiredLinks(
  db: Queries,
  now: number,
  kind: 'downloads' | 'uploads',
): Promise<readonly ImageLink[]> {
  return await db
    .selectFrom('image_link')
    .selectAll()
    .where('expires', '<=', now)
    .where('resource_type', kind === 'uploads' ? 'like' : 'not like', '%Upload')
    .orderBy('id')
    .limit(1000)
    .execute()
}

export async function deleteLink(db: Queries, id: number): Promise<void> {
  await db.deleteFrom('image_link').where('id', '=', id).execute()
}

/** Public id of the template, ISO or snapshot of a link; undefined where it was deleted. */
export async function linkedResource(db: Queries, link: ImageLink): Promise<string | undefined> {
  const byId =
    link.resource_type === 'Snapshot'
      ? db.selectFrom('snapshots').select('uuid').where('id', '=', link.resource_id).where('removed', 'is', null)
      : db.selectFrom('vm_template').select('uuid').where('id', '=', link.resource_id).where('removed', 'is', null)
  return (await byId.executeTakeFirst())?.uuid
}
