import { apiFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { clusterNames, settingPurpose } from './config.ts'
import type { SettingScope } from './config-port.ts'
import type { ScopeName, SettingDefinition } from './setting-definition.ts'

/** The objects that scope parameters may name. */
export type ScopeEntities = {
  readonly zoneid?: Row<'data_center'> | undefined
  readonly clusterid?: Row<'cluster'> | undefined
  readonly storageid?: Row<'storage_pool'> | undefined
  readonly accountid?: Row<'account'> | undefined
  readonly domainid?: Row<'domain'> | undefined
}
export type ChosenScope = {
  readonly name: ScopeName
  readonly id: number
  readonly scope: SettingScope
  readonly uuid: string
}

/** The one scope that the parameters name; undefined: everywhere. Throws 431 for two of them. */
export function chosenScope(entities: ScopeEntities): ChosenScope | undefined {
  const { zoneid, clusterid, storageid, accountid, domainid } = entities
  const chosen: ChosenScope[] = []
  if (zoneid) chosen.push({ name: 'Zone', id: zoneid.id, uuid: zoneid.uuid, scope: { zoneId: zoneid.id } })
  if (clusterid)
    chosen.push({ name: 'Cluster', id: clusterid.id, uuid: clusterid.uuid, scope: { clusterId: clusterid.id } })
  if (storageid)
    chosen.push({ name: 'StoragePool', id: storageid.id, uuid: storageid.uuid, scope: { poolId: storageid.id } })
  if (accountid)
    chosen.push({ name: 'Account', id: accountid.id, uuid: accountid.uuid, scope: { accountId: accountid.id } })
  if (domainid) chosen.push({ name: 'Domain', id: domainid.id, uuid: domainid.uuid, scope: { domainId: domainid.id } })
  if (chosen.length > 1)
    throw apiFailure('api.parameter', 'Give only one of the scopes', { seen: chosen.map((one) => one.name).join(', ') })
  return chosen[0]
}

/** Stores a global value, or removes it so that the default holds again. */
export async function storeGlobal(
  tx: Tx,
  ctx: ServerContext,
  definition: SettingDefinition,
  value: string | null,
): Promise<void> {
  const { name, category, secret } = definition
  await tx.deleteFrom('configuration').where('name', '=', name).execute()
  if (value !== null) {
    await tx
      .insertInto('configuration')
      .values({
        name,
        value: secret ? ctx.secrets.seal(settingPurpose(name), value) : value,
        category,
        encrypted: secret ? 1 : 0,
        updated: ctx.runtime.now(),
      })
      .execute()
  }
  ctx.afterCommit(() => ctx.config.remember(name, value))
}

/** Stores the value of one scope, or removes it. */
export async function storeScoped(
  tx: Tx,
  definition: SettingDefinition,
  scope: ChosenScope,
  value: string | null,
): Promise<void> {
  const { table, column } = scopeTables[scope.name as keyof typeof scopeTables]
  const name = scope.name === 'Cluster' ? (clusterNames(definition.name)[0] as string) : definition.name
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
  const any = tx as any
  await any.deleteFrom(table).where(column, '=', scope.id).where('name', '=', name).execute()
  if (value !== null)
    await any
      .insertInto(table)
      .values({ [column]: scope.id, name, value })
      .execute()
}

const scopeTables = {
  Zone: { table: 'data_center_details', column: 'dc_id' },
  Cluster: { table: 'cluster_details', column: 'cluster_id' },
  StoragePool: { table: 'storage_pool_details', column: 'pool_id' },
  Account: { table: 'account_details', column: 'account_id' },
  Domain: { table: 'domain_details', column: 'domain_id' },
} as const

/** What a list shows as the value: secrets are never shown. */
export async function shownValue(
  ctx: ServerContext,
  db: Queries,
  definition: SettingDefinition,
  scope: SettingScope,
): Promise<string | null> {
  const value = await ctx.config.raw(definition.name, scope, db)
  return definition.secret && value !== null && value !== '' ? '********' : value
}
