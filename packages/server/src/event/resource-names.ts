import type { EntityName } from '@altostack/api'
import { accessRules } from '../auth/access-rules.ts'
import type { Queries } from '../db/database.ts'

/** Columns that name a row where it is not `name`; null where it has no name. */
const nameColumns: Readonly<Partial<Record<EntityName, string | null>>> = {
  Account: 'account_name',
  AsyncJob: 'job_cmd',
  HostRepair: 'repair',
  JoinToken: 'description',
  OsType: 'display_name',
  RolePermission: 'rule',
  TrafficType: 'traffic_type',
  User: 'username',
  VlanIpRange: null,
}

type Resource = { readonly type: string | null; readonly uuid: string | null }

/** Names of objects by their uuid, one query a type; those of removed ones too. */
export async function resourceNames(db: Queries, resources: readonly Resource[]): Promise<ReadonlyMap<string, string>> {
  const byType = new Map<EntityName, Set<string>>()
  for (const { type, uuid } of resources) {
    if (type === null || uuid === null || !Object.hasOwn(accessRules, type)) continue
    const entity = type as EntityName
    byType.set(entity, (byType.get(entity) ?? new Set()).add(uuid))
  }
  const names = new Map<string, string>()
  for (const [entity, uuids] of byType) {
    const column = nameColumns[entity] === undefined ? 'name' : nameColumns[entity]
    if (column === null) continue
    // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
    const rows = await (db as any)
      .selectFrom(accessRules[entity].table)
      .select(['uuid', `${column} as name`])
      .where('uuid', 'in', [...uuids])
      .execute()
    for (const row of rows as { uuid: string; name: string | null }[])
      if (row.name !== null) names.set(row.uuid, row.name)
  }
  return names
}
