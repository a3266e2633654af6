import type { Insertable, Updateable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Role = Row<'roles'>
export type RolePermission = Row<'role_permissions'>

export async function findRole(db: Queries, id: number): Promise<Role | undefined> {
  return db.selectFrom('roles').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function findRoleByName(db: Queries, name: string): Promise<Role | undefined> {
  return db.selectFrom('roles').selectAll().where('name', '=', name).where('removed', 'is', null).executeTakeFirst()
}

/** The built-in role of a type: Root Admin for Admin and so on; ids 1 to 4. */
export async function builtInRole(db: Queries, roleType: string): Promise<Role | undefined> {
  return db
    .selectFrom('roles')
    .selectAll()
    .where('role_type', '=', roleType)
    .where('is_default', '=', 1)
    .where('removed', 'is', null)
    .orderBy('id')
    .executeTakeFirst()
}

export type RoleFilter = {
  readonly id?: number
  readonly name?: string
  readonly keyword?: string
  readonly roleType?: string
  readonly state?: string
  /** Only roles that everybody may see. */
  readonly publicOnly: boolean
  readonly exceptTypes: readonly string[]
}

export async function listRoleRows(
  db: Queries,
  filter: RoleFilter,
  page: Page,
): Promise<{ count: number; rows: Role[] }> {
  let query = db.selectFrom('roles').where('roles.removed', 'is', null)
  if (filter.id !== undefined) query = query.where('roles.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('roles.name', '=', filter.name)
  if (filter.roleType !== undefined) query = query.where('roles.role_type', '=', filter.roleType)
  if (filter.state !== undefined) query = query.where('roles.state', '=', filter.state)
  if (filter.keyword !== undefined) query = query.where('roles.name', 'like', keywordPattern(filter.keyword))
  if (filter.publicOnly) query = query.where('roles.public_role', '=', 1)
  if (filter.exceptTypes.length > 0) query = query.where('roles.role_type', 'not in', [...filter.exceptTypes])
  return selectPage(query, page, (filtered) => filtered.selectAll('roles').orderBy('roles.id'))
}

export async function permissionsOf(db: Queries, roleId: number): Promise<RolePermission[]> {
  return db
    .selectFrom('role_permissions')
    .selectAll()
    .where('role_id', '=', roleId)
    .orderBy('sort_order')
    .orderBy('id')
    .execute()
}

export async function accountsWithRole(db: Queries, roleId: number): Promise<{ uuid: string; account_name: string }[]> {
  return db
    .selectFrom('account')
    .select(['uuid', 'account_name'])
    .where('role_id', '=', roleId)
    .where('removed', 'is', null)
    .limit(20)
    .execute()
}

export async function insertRole(db: Queries, role: Insertable<Database['roles']>): Promise<number> {
  return Number((await db.insertInto('roles').values(role).executeTakeFirstOrThrow()).insertId)
}

export async function updateRoleColumns(db: Queries, id: number, set: Updateable<Database['roles']>): Promise<void> {
  await db.updateTable('roles').set(set).where('id', '=', id).execute()
}

/** Removes a role with its rules. */
export async function removeRole(db: Queries, id: number, now: number): Promise<void> {
  await db.deleteFrom('role_permissions').where('role_id', '=', id).execute()
  await updateRoleColumns(db, id, { removed: now })
}

export async function insertPermission(
  db: Queries,
  permission: Insertable<Database['role_permissions']>,
): Promise<void> {
  await db.insertInto('role_permissions').values(permission).execute()
}

export async function updatePermission(
  db: Queries,
  id: number,
  set: Updateable<Database['role_permissions']>,
): Promise<void> {
  await db.updateTable('role_permissions').set(set).where('id', '=', id).execute()
}

export async function deletePermission(db: Queries, id: number): Promise<void> {
  await db.deleteFrom('role_permissions').where('id', '=', id).execute()
}
