import { apiFailure, infrastructureFailure } from '@altostack/core'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { domainNames, ownerNames } from '../inventory/index.ts'

export type UserDataRow = Row<'user_data'>

export async function insertUserData(
  tx: Tx,
  ctx: ServerContext,
  owner: { readonly accountId: number; readonly domainId: number },
  given: { readonly name: string; readonly userData: string; readonly params: string | null },
): Promise<UserDataRow> {
  if (given.name.trim() === '') throw apiFailure('api.parameter', 'name is empty')
  const taken = await tx
    .selectFrom('user_data')
    .select('id')
    .where('account_id', '=', owner.accountId)
    .where('name', '=', given.name)
    .executeTakeFirst()
  if (taken !== undefined) {
    throw infrastructureFailure('infrastructure.name-taken', `The account has user data ${given.name} already`)
  }
  const result = await tx
    .insertInto('user_data')
    .values({
      uuid: ctx.runtime.uuid(),
      name: given.name,
      account_id: owner.accountId,
      domain_id: owner.domainId,
      user_data: given.userData,
      params: given.params,
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
  return await tx
    .selectFrom('user_data')
    .selectAll()
    .where('id', '=', Number(result.insertId))
    .executeTakeFirstOrThrow()
}

export async function listUserDataRows(
  db: Queries,
  filter: {
    readonly scope: OwnershipScope
    readonly id?: number | undefined
    readonly name?: string | undefined
    readonly keyword?: string | undefined
  },
  page: Page,
): Promise<{ count: number; rows: UserDataRow[] }> {
  let query = db
    .selectFrom('user_data')
    .where(inScope(filter.scope, { account: 'user_data.account_id', domain: 'user_data.domain_id' }))
  if (filter.id !== undefined) query = query.where('user_data.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('user_data.name', '=', filter.name)
  if (filter.keyword !== undefined) query = query.where('user_data.name', 'like', keywordPattern(filter.keyword))
  return await selectPage(query, page, (filtered) => filtered.selectAll('user_data').orderBy('user_data.id'))
}

export async function userDataViews(db: Queries, rows: readonly UserDataRow[]) {
  const owners = await ownerNames(
    db,
    rows.map((row) => row.account_id),
  )
  const domains = await domainNames(
    db,
    rows.map((row) => row.domain_id),
  )
  return rows.map((row) => ({
    id: row.uuid,
    name: row.name,
    accountid: owners.get(row.account_id)?.uuid,
    account: owners.get(row.account_id)?.account,
    domainid: domains.get(row.domain_id)?.uuid,
    domain: domains.get(row.domain_id)?.name,
    userdata: row.user_data,
    params: row.params,
  }))
}

/** The template that is linked to the data, if any. */
export async function templateOfUserData(
  db: Queries,
  id: number,
): Promise<{ readonly uuid: string; readonly name: string } | undefined> {
  return await db
    .selectFrom('template_user_data')
    .innerJoin('vm_template', 'vm_template.id', 'template_user_data.template_id')
    .select(['vm_template.uuid', 'vm_template.name'])
    .where('user_data_id', '=', id)
    .where('vm_template.removed', 'is', null)
    .executeTakeFirst()
}

export async function removeUserData(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('user_data').where('id', '=', id).execute()
}

/** The template's user data from now on; undefined: none. */
export async function linkTemplate(
  tx: Tx,
  templateId: number,
  link: { readonly userDataId: number; readonly policy: string } | undefined,
): Promise<void> {
  await tx.deleteFrom('template_user_data').where('template_id', '=', templateId).execute()
  if (link === undefined) return
  await tx
    .insertInto('template_user_data')
    .values({ template_id: templateId, user_data_id: link.userDataId, policy: link.policy })
    .execute()
}
