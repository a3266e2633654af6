import type { ResponseDefinition } from './define-response.ts'

/** Who may call a command by default; role rules may grant or deny it further. */
export type RoleType = 'Admin' | 'ResourceAdmin' | 'DomainAdmin' | 'User'
export const roleTypes = ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'] as const

/** What the caller wants of an entity it names: see it, build on it, or change it. */
export type Access = 'list' | 'use' | 'operate'

/** Entities that parameters can name by uuid; each has one access rule in the server. */
export type EntityName =
  | 'Account'
  | 'AsyncJob'
  | 'Cluster'
  | 'DiskOffering'
  | 'Domain'
  | 'GuestVlanRange'
  | 'Host'
  | 'HostRepair'
  | 'ImageStore'
  | 'InstanceGroup'
  | 'InternalLoadBalancerElement'
  | 'JoinToken'
  | 'Network'
  | 'NetworkOffering'
  | 'NetworkServiceProvider'
  | 'Nic'
  | 'NicSecondaryIp'
  | 'OsType'
  | 'PhysicalNetwork'
  | 'Pod'
  | 'Role'
  | 'RolePermission'
  | 'SecurityGroup'
  | 'SecurityGroupRule'
  | 'ServiceOffering'
  | 'Snapshot'
  | 'SnapshotPolicy'
  | 'StorageNetworkIpRange'
  | 'StoragePool'
  | 'Template'
  | 'TrafficType'
  | 'User'
  | 'UserData'
  | 'VMSnapshot'
  | 'VirtualMachine'
  | 'VirtualRouterElement'
  | 'VlanIpRange'
  | 'Volume'
  | 'Zone'

export type ParamValues = {
  uuid: string
  string: string
  integer: number
  long: number
  short: number
  float: number
  double: number
  boolean: boolean
  /** ISO forms, `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd`; milliseconds since the epoch after parsing. */
  date: number
  /** Commas on the wire. */
  list: readonly string[]
  /** `name[i].field=value` on the wire; an item an index. `details` maps with `[i].key`/`[i].value` or direct `[0].cpu=2` fields. */
  map: readonly Readonly<Record<string, string>>[]
}
export type ParamType = keyof ParamValues

export type Param = {
  readonly type: ParamType
  readonly description: string
  readonly required?: boolean
  /** The entity a uuid (or each uuid of a list) names: loaded and access-checked before the handler runs. */
  readonly entity?: EntityName
  readonly access?: Access
  /** Only callers of these role types may send it; for others it is an undeclared name (ignored). */
  readonly roles?: readonly RoleType[]
  /** Characters; 255 unless said. */
  readonly maxLength?: number
  /** Bounds of a number, both included; the type's own range unless said. */
  readonly min?: number
  readonly max?: number
  /** What a `list` holds; strings unless said. Uuids are checked and, with `entity`, loaded. */
  readonly items?: 'string' | 'uuid'
  /** Fields of each item of a `map`: true where a missing one is 430. Absent: any field. */
  readonly fields?: Readonly<Record<string, boolean>>
  /** Accepted values, as written; others answer 431 naming them. Compared without case. */
  readonly values?: readonly string[]
  /** Values that say the same as leaving it out, e.g. -1 for every zone. */
  readonly absent?: readonly string[]
  readonly since?: string
  /** Redacted in logs, events and jobs. */
  readonly sensitive?: boolean
  /** Ours, not CloudStack's. */
  readonly extension?: boolean
  /** Declared but not done: any value other than `accepts` answers 431. The reason stands in compatibility.md. */
  readonly unsupported?: { readonly reason: string; readonly accepts?: readonly string[] }
}
export type Params = Readonly<Record<string, Param>>

export type CommandKind =
  /** Answers a page of objects; gets page, pagesize, keyword and the ownership parameters it declares. */
  | 'list'
  /** Answers its object or plain success at once. */
  | 'sync'
  /** Answers `{jobid}`. */
  | 'async'
  /** Answers `{id, jobid}`. */
  | 'create'

export type CommandDefinition<P extends Params = Params> = {
  readonly name: string
  readonly kind: CommandKind
  /** The default roles that may call it; a fresh database's role rules are seeded from it. */
  readonly roles: readonly RoleType[]
  /** Role types that may call it even when no rule of their role names it (a rule still denies); none unless said. */
  readonly unlistedRoles?: readonly RoleType[]
  /** Event type of events.json recorded for it (async: SCHEDULED, STARTED, COMPLETED). */
  readonly event?: string
  readonly since: string
  readonly description: string
  readonly params: P
  /** Fields of the answer. `success` for {success, displaytext}. */
  readonly response: ResponseDefinition | 'success'
  /** The JSON key round the answer; the lower-cased name plus `response` unless CloudStack's is an odd one. */
  readonly wrapper?: string
  /** The key inside a list's or single answer's wrapper, e.g. `virtualmachine`; absent: fields directly in the wrapper. */
  readonly key?: string
  /** A single answer given as a list of one (addHost, registerTemplate…). */
  readonly answersAsList?: boolean
  /** Callable without login (login, listCapabilities is not). */
  readonly anonymous?: boolean
  /** Changes the caller's session and nothing else: there is no plan, so no dryrun. */
  readonly session?: boolean
  /** Only POST is accepted. */
  readonly postOnly?: boolean
  readonly extension?: boolean
  /** Its answer may be kept and asked for again by ETag. */
  readonly seldomChanges?: boolean
  /** Changes nothing: no dryrun, no event, GET always allowed. Implied by kind `list`. */
  readonly readOnly?: boolean
}

type Value<P extends Param> = ParamValues[P['type']]
/** What is refused, and what only some callers may send (absent for others), never counts as present. */
type RequiredKeys<P extends Params> = {
  [K in keyof P]: P[K] extends { required: true; roles?: undefined } ? K : never
}[keyof P]
type RefusedKeys<P extends Params> = { [K in keyof P]: P[K] extends { unsupported: object } ? K : never }[keyof P]
/** The typed input a handler receives: required ones present, others optional, refused ones not there at all. */
export type Input<C extends { readonly params: Params }> = {
  readonly [K in RequiredKeys<C['params']>]: Value<C['params'][K]>
} & {
  readonly [K in Exclude<keyof C['params'], RequiredKeys<C['params']> | RefusedKeys<C['params']>>]?:
    | Value<C['params'][K]>
    | undefined
}

/** Identity at run time; its work is to keep the literal types. Registries are generated from the files. */
export function defineCommand<const C extends CommandDefinition>(command: C): C {
  return Object.freeze(command)
}
