import { infrastructureFailure } from '@altostack/core'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type InstanceGroup = Row<'instance_group'>
type Owner = { readonly accountId: number; readonly domainId: number }

export async function findInstanceGroup(db: Queries, id: number): Promise<InstanceGroup | undefined> {
  return await db.selectFrom('instance_group').selectAll().where('id', '=', id).executeTakeFirst()
}

async function findByName(db: Queries, accountId: number, name: string): Promise<InstanceGroup | undefined> {
  return await db
    .selectFrom('instance_group')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .executeTakeFirst()
}

/** Throws 431 when the account has a group of that name, other than the one being renamed. */
export async function requireFreeGroupName(
  db: Queries,
  accountId: number,
  name: string,
  exceptId?: number,
): Promise<void> {
  const present = await findByName(db, accountId, name)
  if (present === undefined || present.id === exceptId) return
  throw infrastructureFailure('infrastructure.name-taken', `The account has an instance group ${name} already`)
}

export async function insertInstanceGroup(tx: Tx, ctx: ServerContext, owner: Owner, name: string): Promise<number> {
  const { insertId } = await tx
    .insertInto('instance_group')
    .values({
      uuid: ctx.runtime.uuid(),
      name,
      account_id: owner.accountId,
      domain_id: owner.domainId,
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

/** The group of that name, made when a virtual machine is the first to be in it. */
export async function ensureInstanceGroup(tx: Tx, ctx: ServerContext, owner: Owner, name: string): Promise<void> {
  if ((await findByName(tx, owner.accountId, name)) === undefined) await insertInstanceGroup(tx, ctx, owner, name)
}

/** Renames the group with its members. */
export async function renameInstanceGroup(tx: Tx, group: InstanceGroup, name: string): Promise<void> {
  await tx.updateTable('instance_group').set({ name }).where('id', '=', group.id).execute()
  await setGroupOfMembers(tx, group, name)
}

/** Deletes the group; its members are in none then. */
export async function deleteInstanceGroupRow(tx: Tx, group: InstanceGroup): Promise<void> {
  await setGroupOfMembers(tx, group, null)
  await tx.deleteFrom('instance_group').where('id', '=', group.id).execute()
}

async function setGroupOfMembers(tx: Tx, group: InstanceGroup, name: string | null): Promise<void> {
  await tx
    .updateTable('vm_instance')
    .set({ instance_group: name })
    .where('account_id', '=', group.account_id)
    .where('instance_group', '=', group.name)
    .execute()
}

export async function listInstanceGroupRows(
  db: Queries,
  filter: {
    readonly scope: OwnershipScope
    readonly id?: number | undefined
    readonly name?: string | undefined
    readonly keyword?: string | undefined
  },
  page: Page,
): Promise<{ count: number; rows: InstanceGroup[] }> {
  let query = db
    .selectFrom('instance_group')
    .where(inScope(filter.scope, { account: 'instance_group.account_id', domain: 'instance_group.domain_id' }))
  if (filter.id !== undefined) query = query.where('instance_group.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('instance_group.name', '=', filter.name)
  if (filter.keyword !== undefined) query = query.where('instance_group.name', 'like', keywordPattern(filter.keyword))
  return await selectPage(query, page, (filtered) => filtered.selectAll('instance_group').orderBy('instance_group.id'))
}
