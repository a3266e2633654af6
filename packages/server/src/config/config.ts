import { Bug } from '@altostack/core'
import type { Db, Queries } from '../db/database.ts'
import type { Config, SettingScope } from './config-port.ts'
import type { Secrets } from './secrets-port.ts'
import type { ScopeName, SettingDefinition } from './setting-definition.ts'
import { settingDefinition } from './settings.ts'

export type StoredConfig = Config & {
  /** Reads the global values again: after a change here, and now and then where other servers may change them. */
  readonly reload: () => Promise<void>
  /** What a change that was just committed here has stored; null: no value but the default's. */
  readonly remember: (name: string, value: string | null) => void
  /** A global whole number as it stands in memory: for what is asked too often, or where nobody can wait. */
  readonly globalNumber: (name: string) => number
  /** The value as text without null handling: what listConfigurations shows. */
  readonly raw: (name: string, scope?: SettingScope, db?: Queries) => Promise<string | null>
}

export const settingPurpose = (name: string): string => `configuration.${name}`

/** Global values are kept in memory; scoped ones are read where they stand, by one indexed look-up. */
export async function createConfig(db: Db, secrets: Secrets): Promise<StoredConfig> {
  let globals = new Map<string, string | null>()

  async function reload(): Promise<void> {
    const rows = await db.selectFrom('configuration').select(['name', 'value', 'encrypted']).execute()
    globals = new Map(
      rows.map((row) => [
        row.name,
        row.encrypted === 1 && row.value !== null ? secrets.open(settingPurpose(row.name), row.value) : row.value,
      ]),
    )
  }

  const isOn = (name: string): boolean =>
    (globals.get(name) ?? settingDefinition(name).default)?.toLowerCase() === 'true'

  async function raw(name: string, scope: SettingScope = {}, queries: Queries = db): Promise<string | null> {
    const definition = settingDefinition(name)
    const scoped = await scopedValue(definition, scope, queries, {
      accounts: isOn('enable.account.settings.for.domain'),
      domains: isOn('enable.domain.settings.for.child.domain'),
    })
    if (scoped !== undefined) return scoped
    const stored = globals.get(name)
    return stored === undefined ? definition.default : stored
  }

  async function text(name: string, scope?: SettingScope, queries?: Queries): Promise<string> {
    return (await raw(name, scope, queries)) ?? ''
  }
  async function number(name: string, scope?: SettingScope, queries?: Queries): Promise<number> {
    const value = await raw(name, scope, queries)
    const parsed = value === null || value.trim() === '' ? Number.NaN : Number(value)
    if (Number.isNaN(parsed)) throw new Bug(`setting ${name} is not a number`)
    return parsed
  }
  function globalNumber(name: string): number {
    const stored = globals.get(name)
    const value = Number(stored === undefined ? settingDefinition(name).default : stored)
    if (!Number.isSafeInteger(value)) throw new Bug(`setting ${name} is not a whole number`)
    return value
  }
  async function flag(name: string, scope?: SettingScope, queries?: Queries): Promise<boolean> {
    return (await raw(name, scope, queries))?.toLowerCase() === 'true'
  }

  await reload()
  function remember(name: string, value: string | null): void {
    globals = new Map(globals)
    if (value === null) globals.delete(name)
    else globals.set(name, value)
  }
  return { text, number, flag, globalNumber, raw, reload, remember }
}

/** The nearest scope that has a value wins; undefined: none has. */
async function scopedValue(
  definition: SettingDefinition,
  scope: SettingScope,
  db: Queries,
  inherit: { readonly accounts: boolean; readonly domains: boolean },
): Promise<string | null | undefined> {
  const has = (name: ScopeName): boolean => definition.scopes.includes(name)
  const { name } = definition
  if (scope.poolId !== undefined && has('StoragePool')) {
    const row = await db
      .selectFrom('storage_pool_details')
      .select('value')
      .where('pool_id', '=', scope.poolId)
      .where('name', '=', name)
      .executeTakeFirst()
    if (row) return row.value
  }
  if (scope.clusterId !== undefined && has('Cluster')) {
    const row = await db
      .selectFrom('cluster_details')
      .select('value')
      .where('cluster_id', '=', scope.clusterId)
      .where('name', 'in', clusterNames(name))
      .executeTakeFirst()
    if (row) return row.value
  }
  if (scope.zoneId !== undefined && has('Zone')) {
    const row = await db
      .selectFrom('data_center_details')
      .select('value')
      .where('dc_id', '=', scope.zoneId)
      .where('name', '=', name)
      .executeTakeFirst()
    if (row) return row.value
  }
  if (scope.accountId !== undefined && has('Account')) {
    const row = await db
      .selectFrom('account_details')
      .select('value')
      .where('account_id', '=', scope.accountId)
      .where('name', '=', name)
      .executeTakeFirst()
    if (row) return row.value
    if (inherit.accounts) return await domainValue(name, domainOfAccount(db, scope.accountId), true, db)
  }
  if (scope.domainId !== undefined && (has('Domain') || (inherit.accounts && has('Account')))) {
    return await domainValue(name, Promise.resolve(scope.domainId), inherit.domains, db)
  }
  return undefined
}

async function domainOfAccount(db: Queries, accountId: number): Promise<number | null> {
  const row = await db.selectFrom('account').select('domain_id').where('id', '=', accountId).executeTakeFirst()
  return row?.domain_id ?? null
}

/** The value of a domain, or, where children inherit, of the nearest domain above it that has one. */
async function domainValue(
  name: string,
  domainId: Promise<number | null>,
  fromAbove: boolean,
  db: Queries,
): Promise<string | null | undefined> {
  for (let id = await domainId; id !== null; ) {
    const row = await db
      .selectFrom('domain_details')
      .select('value')
      .where('domain_id', '=', id)
      .where('name', '=', name)
      .executeTakeFirst()
    if (row) return row.value
    if (!fromAbove) return undefined
    id = (await db.selectFrom('domain').select('parent').where('id', '=', id).executeTakeFirst())?.parent ?? null
  }
  return undefined
}

/** CloudStack keeps a cluster's over-commit under older names than its settings'. */
const clusterAliases: Readonly<Record<string, string>> = {
  'cpu.overprovisioning.factor': 'cpuOvercommitRatio',
  'mem.overprovisioning.factor': 'memoryOvercommitRatio',
}
export function clusterNames(name: string): string[] {
  const alias = clusterAliases[name]
  return alias === undefined ? [name] : [alias]
}
