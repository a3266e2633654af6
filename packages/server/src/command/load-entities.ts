import { type CommandDefinition, type EntityName, entityNotFound, type Param } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { accessRules } from '../auth/access-rules.ts'
import type { Queries } from '../db/database.ts'
import type { Caller } from './caller.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows of whatever entity a parameter names
export type AnyRow = any
export type LoadedEntities = Readonly<Record<string, AnyRow | readonly AnyRow[] | undefined>>

/**
 * Loads the row of every uuid parameter that names an entity and checks the caller's access to it; no handler runs
 * without. An unknown id is 431, somebody else's is 531.
 */
export async function loadEntities(
  db: Queries,
  definition: CommandDefinition,
  input: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<LoadedEntities> {
  const loaded: Record<string, AnyRow> = {}
  for (const [name, param] of Object.entries(definition.params)) {
    if (!param.entity || input[name] === undefined) continue
    const place = { definition, name, param, entity: param.entity }
    const value = input[name]
    if (Array.isArray(value)) {
      const rows: AnyRow[] = []
      for (const uuid of value as readonly string[]) rows.push(await loadOne(db, place, uuid, caller))
      loaded[name] = rows
    } else {
      loaded[name] = await loadOne(db, place, value as string, caller)
    }
  }
  return loaded
}

type Place = {
  readonly definition: CommandDefinition
  readonly name: string
  readonly param: Param
  readonly entity: EntityName
}

async function loadOne(
  db: Queries,
  { definition, name, param, entity }: Place,
  uuid: string,
  caller: Caller,
): Promise<AnyRow> {
  const rule = accessRules[entity]
  const row = await findEntity(db, entity, uuid, false)
  if (!row) throw entityNotFound(definition.name, name, uuid)
  const access = param.access ?? 'operate'
  if (!(await rule.may(db, caller, row as never, access))) {
    throw apiFailure('api.permission', `Caller ${caller.accountName} may not ${access} this ${entity}`, {
      entities: [{ uuid, description: name }],
    })
  }
  return row
}

/** The row of an entity by its uuid, without a look at who asks. */
export async function findEntity(
  db: Queries,
  entity: EntityName,
  uuid: string,
  withRemoved: boolean,
): Promise<AnyRow | undefined> {
  const { table, softDelete } = accessRules[entity]
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
  const query = (db as any).selectFrom(table).selectAll().where('uuid', '=', uuid)
  return await (softDelete && !withRemoved ? query.where('removed', 'is', null) : query).executeTakeFirst()
}

/** The entities that a job named when it was submitted, as they are now, removed ones included. */
export async function reloadEntities(
  db: Queries,
  definition: CommandDefinition,
  input: Readonly<Record<string, unknown>>,
): Promise<LoadedEntities> {
  const loaded: Record<string, AnyRow> = {}
  for (const [name, { entity }] of Object.entries(definition.params)) {
    const value = input[name]
    if (!entity || value === undefined) continue
    if (Array.isArray(value)) {
      const rows = await Promise.all((value as string[]).map((uuid) => findEntity(db, entity, uuid, true)))
      loaded[name] = rows.filter((row) => row !== undefined)
    } else {
      loaded[name] = await findEntity(db, entity, value as string, true)
    }
  }
  return loaded
}
