import { apiFailure, infrastructureFailure } from '@altostack/core'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { recordChange } from '../event/feed.ts'
import { noteGuestNetwork } from '../guest-network/index.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'

export type SecurityGroup = Row<'security_group'>
export type SecurityGroupRule = Row<'security_group_rule'>
type Owner = { readonly accountId: number; readonly domainId: number }

/** Every account has one, into which its machines go that name no other. */
export const defaultGroupName = 'default'

export async function findGroupByName(
  db: Queries,
  accountId: number,
  name: string,
): Promise<SecurityGroup | undefined> {
  return await db
    .selectFrom('security_group')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .executeTakeFirst()
}

export async function insertGroup(
  tx: Tx,
  ctx: ServerContext,
  owner: Owner,
  name: string,
  description: string | null,
): Promise<SecurityGroup> {
  if ((await findGroupByName(tx, owner.accountId, name)) !== undefined) {
    throw infrastructureFailure('infrastructure.name-taken', `The account has a security group ${name} already`)
  }
  await tx
    .insertInto('security_group')
    .values({
      uuid: ctx.runtime.uuid(),
      name,
      description,
      account_id: owner.accountId,
      domain_id: owner.domainId,
      created: ctx.runtime.now(),
    })
    .execute()
  const group = await findGroupByName(tx, owner.accountId, name)
  if (group === undefined) throw apiFailure('api.parameter', `The security group ${name} is gone`)
  return group
}

/** The account's default group, made when it is first needed. */
export async function ensureDefaultGroup(tx: Tx, ctx: ServerContext, owner: Owner): Promise<SecurityGroup> {
  return (
    (await findGroupByName(tx, owner.accountId, defaultGroupName)) ??
    (await insertGroup(tx, ctx, owner, defaultGroupName, 'Default Security Group'))
  )
}

export async function rulesOf(db: Queries, groupIds: readonly number[]): Promise<SecurityGroupRule[]> {
  if (groupIds.length === 0) return []
  return await db
    .selectFrom('security_group_rule')
    .selectAll()
    .where('security_group_id', 'in', [...groupIds])
    .orderBy('id')
    .execute()
}

/** Groups of machines that are not expunged, by machine. */
export async function groupsOfVms(db: Queries, vmIds: readonly number[]): Promise<Map<number, SecurityGroup[]>> {
  const groups = new Map<number, SecurityGroup[]>()
  if (vmIds.length === 0) return groups
  const rows = await db
    .selectFrom('security_group')
    .innerJoin('security_group_vm_map', 'security_group_vm_map.security_group_id', 'security_group.id')
    .selectAll('security_group')
    .select('security_group_vm_map.instance_id')
    .where('security_group_vm_map.instance_id', 'in', [...vmIds])
    .orderBy('security_group_vm_map.id')
    .execute()
  for (const { instance_id, ...group } of rows) groups.set(instance_id, [...(groups.get(instance_id) ?? []), group])
  return groups
}

/** Machines (not expunged) of groups: pairs. */
export async function vmsOfGroups(
  db: Queries,
  groupIds: readonly number[],
): Promise<{ readonly groupId: number; readonly vmId: number; readonly uuid: string; readonly name: string }[]> {
  if (groupIds.length === 0) return []
  return await db
    .selectFrom('security_group_vm_map')
    .innerJoin('vm_instance', 'vm_instance.id', 'security_group_vm_map.instance_id')
    .select([
      'security_group_vm_map.security_group_id as groupId',
      'vm_instance.id as vmId',
      'vm_instance.uuid',
      'vm_instance.name',
    ])
    .where('security_group_vm_map.security_group_id', 'in', [...groupIds])
    .where('vm_instance.removed', 'is', null)
    .execute()
}

/** The machine belongs to these groups and no others. */
export async function setGroupsOfVm(
  tx: Tx,
  ctx: ServerContext,
  vmId: number,
  groupIds: readonly number[],
): Promise<void> {
  const before = ((await groupsOfVms(tx, [vmId])).get(vmId) ?? []).map((group) => group.id)
  await tx.deleteFrom('security_group_vm_map').where('instance_id', '=', vmId).execute()
  for (const id of new Set(groupIds)) {
    await tx.insertInto('security_group_vm_map').values({ security_group_id: id, instance_id: vmId }).execute()
  }
  for (const id of new Set([...before, ...groupIds])) await noteGuestNetwork(tx, ctx, 'Group', id)
}

/** Tells hosts and followers that the group is not what it was. */
export async function noteGroupChange(tx: Tx, ctx: ServerContext, group: SecurityGroup, cause: string): Promise<void> {
  await noteGuestNetwork(tx, ctx, 'Group', group.id)
  await recordChange(tx, ctx, {
    entity: 'SecurityGroup',
    entityId: group.id,
    entityUuid: group.uuid,
    from: null,
    to: null,
    cause,
    accountId: group.account_id,
    domainId: group.domain_id,
  })
}

export async function listGroupRows(
  db: Queries,
  filter: {
    readonly scope: OwnershipScope
    readonly id?: number | undefined
    readonly name?: string | undefined
    readonly vmId?: number | undefined
    readonly keyword?: string | undefined
    readonly tags?: readonly TagPair[] | undefined
  },
  page: Page,
): Promise<{ count: number; rows: SecurityGroup[] }> {
  let query = db
    .selectFrom('security_group')
    .where(inScope(filter.scope, { account: 'security_group.account_id', domain: 'security_group.domain_id' }))
  if (filter.id !== undefined) query = query.where('security_group.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('security_group.name', '=', filter.name)
  if (filter.keyword !== undefined) query = query.where('security_group.name', 'like', keywordPattern(filter.keyword))
  if (filter.tags !== undefined) query = query.where(carriesTag('security_group.uuid', filter.tags))
  const { vmId } = filter
  if (vmId !== undefined) {
    query = query.where((eb) =>
      eb(
        'security_group.id',
        'in',
        eb.selectFrom('security_group_vm_map').select('security_group_id').where('instance_id', '=', vmId),
      ),
    )
  }
  return await selectPage(query, page, (filtered) => filtered.selectAll('security_group').orderBy('security_group.id'))
}

export async function updateGroup(
  tx: Tx,
  id: number,
  set: { readonly name: string; readonly uuid: string },
): Promise<void> {
  await tx.updateTable('security_group').set(set).where('id', '=', id).execute()
}

/** A rule of another group that names this one. */
export async function ruleNaming(
  db: Queries,
  id: number,
): Promise<{ readonly uuid: string; readonly name: string } | undefined> {
  return await db
    .selectFrom('security_group_rule')
    .innerJoin('security_group', 'security_group.id', 'security_group_rule.security_group_id')
    .select(['security_group_rule.uuid', 'security_group.name'])
    .where('security_group_rule.allowed_network_id', '=', id)
    .where('security_group_rule.security_group_id', '!=', id)
    .executeTakeFirst()
}

/** The group with its rules; the caller has seen that nothing uses it. */
export async function removeGroup(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('security_group_rule').where('security_group_id', '=', id).execute()
  await tx.deleteFrom('security_group_vm_map').where('security_group_id', '=', id).execute()
  await tx.deleteFrom('security_group').where('id', '=', id).execute()
}
