export type SettingType = 'Boolean' | 'Integer' | 'Long' | 'Float' | 'Double' | 'String' | 'Select' | 'CSV' | 'Range'
export type ScopeName = 'Global' | 'Zone' | 'Cluster' | 'StoragePool' | 'Account' | 'Domain'

/** A setting as data. CloudStack's names, types, defaults and scopes; ours begin with `alto.`. */
export type SettingDefinition = {
  readonly name: string
  readonly type: SettingType
  readonly category: string
  readonly default: string | null
  readonly scopes: readonly ScopeName[]
  /** False: takes effect when the server starts again. */
  readonly dynamic: boolean
  readonly description: string
  /** Bounds of a number, both included. */
  readonly min?: number
  readonly max?: number
  /** Accepted values of a Select. */
  readonly options?: readonly string[]
  /** What a String must look like; empty is accepted. */
  readonly format?: 'date'
  /** Stored encrypted; listed masked. */
  readonly secret?: boolean
  /** Group and subgroup of the console's settings tree. */
  readonly group?: string
  readonly subgroup?: string
}

type Extra = Partial<
  Pick<
    SettingDefinition,
    'scopes' | 'format' | 'min' | 'max' | 'options' | 'secret' | 'category' | 'group' | 'subgroup'
  >
> & {
  /** Takes effect at the next start only. */
  readonly static?: boolean
}

/** A row of a settings table: `setting('default.page.size', 'Long', '500', 'Rows a page…', { min: 1 })`. */
export function setting(
  name: string,
  type: SettingType,
  preset: string | null,
  description: string,
  extra: Extra = {},
): SettingDefinition {
  const { static: atStart, ...rest } = extra
  return {
    name,
    type,
    category: 'Advanced',
    default: preset,
    scopes: ['Global'],
    dynamic: !atStart,
    description,
    ...rest,
  }
}
