import type { Input, ResponseValue, templatePermissionsResponse, updateTemplatePermissions } from '@altostack/api'
import { apiFailure, templateFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import type { Template } from './template.repository.ts'

type Change = Omit<Input<typeof updateTemplatePermissions>, 'id'>

/** Who may use a template or ISO beside its owner. */
export async function permissionsOf(
  db: Queries,
  template: Template,
): Promise<ResponseValue<typeof templatePermissionsResponse>> {
  const accounts = await db
    .selectFrom('launch_permission')
    .innerJoin('account', 'account.id', 'launch_permission.account_id')
    .select('account.account_name')
    .where('launch_permission.template_id', '=', template.id)
    .where('account.removed', 'is', null)
    .orderBy('account.account_name')
    .execute()
  const domain = await db.selectFrom('domain').select('uuid').where('id', '=', template.domain_id).executeTakeFirst()
  return {
    id: template.uuid,
    ispublic: template.public === 1,
    domainid: domain?.uuid ?? null,
    account: accounts.map((row) => row.account_name),
  }
}

/** Changes them. Throws 431 for accounts that are not there, 531 for what only an administrator may do. */
export async function changePermissions(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  template: Template,
  input: Change,
): Promise<void> {
  const admin = isRootAdmin(caller)
  if (!admin && (input.isfeatured !== undefined || input.isextractable !== undefined)) {
    throw templateFailure('template.public', 'Only a root administrator sets isfeatured and isextractable')
  }
  if (
    input.ispublic === true &&
    !admin &&
    !(await ctx.config.flag('allow.public.user.templates', { accountId: template.account_id }, tx))
  ) {
    throw templateFailure('template.public', 'Accounts may not make anything public here')
  }
  const op = input.op?.toLowerCase()
  if ((input.accounts ?? []).length > 0 && op !== 'add' && op !== 'remove') {
    throw apiFailure('api.parameter', 'accounts are given together with op=add or op=remove')
  }
  if ((op === 'add' || op === 'remove') && (input.accounts ?? []).length === 0) {
    throw apiFailure('api.parameter', `op=${op} needs accounts`)
  }
  const set = {
    ...(input.ispublic === undefined ? {} : { public: input.ispublic ? 1 : 0 }),
    ...(input.isfeatured === undefined ? {} : { featured: input.isfeatured ? 1 : 0 }),
    ...(input.isextractable === undefined ? {} : { extractable: input.isextractable ? 1 : 0 }),
    ...(op === 'reset' ? { public: 0, featured: 0 } : {}),
  }
  if (Object.keys(set).length > 0) {
    await tx.updateTable('vm_template').set(set).where('id', '=', template.id).execute()
  }
  if (op === 'reset') {
    await tx.deleteFrom('launch_permission').where('template_id', '=', template.id).execute()
    return
  }
  for (const name of new Set(input.accounts)) {
    const account = await tx
      .selectFrom('account')
      .select('id')
      .where('account_name', '=', name)
      .where('domain_id', '=', caller.domainId)
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (account === undefined) {
      throw apiFailure('api.parameter', `There is no account ${name} in the caller's domain`, { seen: name })
    }
    // The owner may use it anyway.
    if (account.id === template.account_id) continue
    await tx
      .deleteFrom('launch_permission')
      .where('template_id', '=', template.id)
      .where('account_id', '=', account.id)
      .execute()
    if (op === 'remove') continue
    await tx
      .insertInto('launch_permission')
      .values({ template_id: template.id, account_id: account.id, created: ctx.runtime.now() })
      .execute()
  }
}
