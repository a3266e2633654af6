import type { CommandDefinition, EntityName, Param, RoleType } from '@altostack/api'
import { accessRules } from '../auth/access-rules.ts'
import type { Column } from '../db/columns.ts'
import type { Tx } from '../db/database.ts'
import { tables } from '../db/tables.ts'

export type TableName = keyof typeof tables

/** Inserts a row whose columns hold just enough: zeros, an `x`, fresh uuids; `given` stands over them. */
export async function fabricateRow(
  tx: Tx,
  table: TableName,
  given: Readonly<Record<string, string | number | null>>,
  uuid: () => string,
): Promise<{ readonly id: number; readonly uuid: string }> {
  const row: Record<string, string | number | null> = {}
  for (const [name, column] of Object.entries(tables[table].columns as Readonly<Record<string, Column>>)) {
    if (column.kind === 'pk' || column.default !== undefined || column.nullable) continue
    row[name] = column.kind === 'text' || column.kind === 'longtext' ? (column.unique ? uuid() : 'x') : 1
  }
  Object.assign(row, given)
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
  const { insertId } = await (tx as any).insertInto(table).values(row).executeTakeFirstOrThrow()
  return { id: Number(insertId), uuid: String(row.uuid ?? '') }
}

/** One row of each entity that parameters can name: uuids by entity. Zones are everybody's. */
export async function fabricateEntities(
  tx: Tx,
  owner: { readonly account_id: number; readonly domain_id: number },
  uuid: () => string,
): Promise<ReadonlyMap<EntityName, string>> {
  const made = new Map<EntityName, string>()
  for (const entity of Object.keys(accessRules) as EntityName[]) {
    const table = accessRules[entity].table as TableName
    const all: Record<string, string | number | null> = { ...owner, uuid: uuid(), removed: null }
    const given = Object.fromEntries(Object.entries(all).filter(([name]) => name in tables[table].columns))
    // A zone of a domain is that domain's; this one is everybody's.
    if (entity === 'Zone') given.domain_id = null
    if (entity === 'Domain') Object.assign(given, { path: '/ours/deeper/', parent: owner.domain_id })
    made.set(entity, (await fabricateRow(tx, table, given, uuid)).uuid)
  }
  return made
}

/** Values for the required parameters of a command, of the form that each accepts. */
export function requiredParams(
  command: CommandDefinition,
  objects: ReadonlyMap<EntityName, string>,
  role: RoleType,
  except = '',
): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  for (const [name, param] of Object.entries(command.params)) {
    if (!param.required || name === except || (param.roles && !param.roles.includes(role))) continue
    if (param.type === 'map') {
      for (const field of Object.keys(param.fields ?? { key: true })) params[`${name}[0].${field}`] = 'x'
    } else {
      params[name] = sample(param, objects)
    }
  }
  return params
}

/** A value that the parameter's form accepts. */
export function sample(param: Param, objects: ReadonlyMap<EntityName, string>): string {
  const nobody = '11111111-1111-4111-8111-111111111111'
  if (param.entity) return objects.get(param.entity) ?? nobody
  if (param.values?.[0] !== undefined) return param.values[0]
  switch (param.type) {
    case 'uuid':
      return nobody
    case 'boolean':
      return 'false'
    case 'date':
      return '2026-01-01'
    case 'string':
    case 'list':
      return param.items === 'uuid' ? nobody : 'x'
    default:
      return String(param.min ?? 1)
  }
}
