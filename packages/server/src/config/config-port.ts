import type { Queries } from '../db/database.ts'

export type SettingScope = {
  readonly zoneId?: number
  readonly clusterId?: number
  readonly poolId?: number
  readonly accountId?: number
  readonly domainId?: number
}

/** Settings by CloudStack's names: the scoped value, else the global one, else the default of the definition. */
export type Config = {
  readonly text: (name: string, scope?: SettingScope, db?: Queries) => Promise<string>
  readonly number: (name: string, scope?: SettingScope, db?: Queries) => Promise<number>
  readonly flag: (name: string, scope?: SettingScope, db?: Queries) => Promise<boolean>
}
