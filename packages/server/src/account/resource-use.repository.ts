import { type SelectQueryBuilder, sql } from 'kysely'
import { belowPath } from '../db/below-path.ts'
import type { Database, Queries } from '../db/database.ts'

/** As resource_limit.type has them. */
export const resourceTypes = [
  'user_vm',
  'public_ip',
  'volume',
  'snapshot',
  'template',
  'project',
  'network',
  'vpc',
  'cpu',
  'memory',
  'primary_storage',
  'secondary_storage',
] as const
export type ResourceType = (typeof resourceTypes)[number]
/** Pieces, cores, MiB, bytes; what is not there is 0. */
export type ResourceUse = ReadonlyMap<ResourceType, number>

export type UseFilter =
  | { readonly accountIds: readonly number[] }
  /** Everything in the domain of that path and below. */
  | { readonly domainPath: string }

/**
 * What is used, by account or by domain (itself alone, for `group` domain). Destroyed virtual machines do not count, their
 * disks do: they can be recovered. `only` spares the tables of other types. Projects, VPCs and public addresses cannot exist in this version.
 */
export async function resourceUse(
  db: Queries,
  group: 'account_id' | 'domain_id',
  filter: UseFilter,
  only: ReadonlySet<ResourceType> = new Set(resourceTypes),
): Promise<ReadonlyMap<number, ResourceUse>> {
  const use = new Map<number, Map<ResourceType, number>>()
  const add = (owner: number | null, type: ResourceType, amount: unknown): void => {
    if (owner === null) return
    const of = use.get(owner) ?? new Map<ResourceType, number>()
    use.set(owner, of.set(type, (of.get(type) ?? 0) + Number(amount ?? 0)))
  }
  const count = sql<number>`count(*)`
  const asks = (...types: ResourceType[]): boolean => types.some((type) => only.has(type))
  const total = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`

  if (asks('user_vm', 'cpu', 'memory')) {
    for (const row of await owned(db.selectFrom('vm_instance'), 'vm_instance', group, filter)
      .select([count.as('n'), total('vm_instance.cpu').as('cpus'), total('vm_instance.ram_size').as('memory')])
      .where('vm_instance.state', 'not in', ['Destroyed', 'Expunging', 'Error'])
      .execute()) {
      add(row.owner, 'user_vm', row.n)
      add(row.owner, 'cpu', row.cpus)
      add(row.owner, 'memory', row.memory)
    }
  }
  if (asks('volume', 'primary_storage')) {
    for (const row of await owned(db.selectFrom('volumes'), 'volumes', group, filter)
      .select([count.as('n'), total('volumes.size').as('bytes')])
      .execute()) {
      add(row.owner, 'volume', row.n)
      add(row.owner, 'primary_storage', row.bytes)
    }
  }
  if (asks('template', 'secondary_storage')) {
    const templates = db
      .selectFrom('vm_template')
      .leftJoin('template_store_ref', 'template_store_ref.template_id', 'vm_template.id')
    for (const row of await owned(templates as never, 'vm_template', group, filter)
      .select([count.as('n'), total('template_store_ref.physical_size').as('bytes')])
      .execute()) {
      add(row.owner, 'template', row.n)
      add(row.owner, 'secondary_storage', row.bytes)
    }
  }
  if (asks('snapshot', 'secondary_storage')) {
    const snapshots = db
      .selectFrom('snapshots')
      .leftJoin('snapshot_store_ref', 'snapshot_store_ref.snapshot_id', 'snapshots.id')
    for (const row of await owned(snapshots as never, 'snapshots', group, filter)
      .select([count.as('n'), total('snapshot_store_ref.physical_size').as('bytes')])
      .execute()) {
      add(row.owner, 'snapshot', row.n)
      add(row.owner, 'secondary_storage', row.bytes)
    }
  }
  if (asks('network')) {
    for (const row of await owned(db.selectFrom('networks'), 'networks', group, filter)
      .select(count.as('n'))
      .execute()) {
      add(row.owner, 'network', row.n)
    }
  }
  return use
}

type Owned = 'vm_instance' | 'volumes' | 'vm_template' | 'snapshots' | 'networks'

/** Rows of a table that are not removed, narrowed to the owners and grouped by them as `owner`. */
function owned(
  // biome-ignore lint/suspicious/noExplicitAny: five tables and two joins of the same three columns
  query: SelectQueryBuilder<Database, any, object>,
  table: Owned,
  group: 'account_id' | 'domain_id',
  filter: UseFilter,
  // biome-ignore lint/suspicious/noExplicitAny: as above
): SelectQueryBuilder<Database, any, { owner: number | null }> {
  const live = query.where(`${table}.removed`, 'is', null)
  const narrowed =
    'accountIds' in filter
      ? live.where(`${table}.account_id`, 'in', [...filter.accountIds])
      : live.where((eb) =>
          eb(
            `${table}.domain_id`,
            'in',
            eb.selectFrom('domain').select('domain.id').where(belowPath('domain.path', filter.domainPath)),
          ),
        )
  return narrowed.select(`${table}.${group} as owner`).groupBy(`${table}.${group}`) as never
}

/** Sums of several owners' uses. */
export function sumUse(uses: Iterable<ResourceUse>): ResourceUse {
  const sum = new Map<ResourceType, number>()
  for (const use of uses) for (const [type, amount] of use) sum.set(type, (sum.get(type) ?? 0) + amount)
  return sum
}

/** Sets the limit of an account or a domain in place of the one that it had. */
export async function saveLimit(
  db: Queries,
  owner: { readonly account: number } | { readonly domain: number },
  type: ResourceType,
  max: number,
): Promise<void> {
  const [column, id] =
    'account' in owner ? (['account_id', owner.account] as const) : (['domain_id', owner.domain] as const)
  await db.deleteFrom('resource_limit').where(column, '=', id).where('type', '=', type).execute()
  await db
    .insertInto('resource_limit')
    .values({ [column]: id, type, max } as { type: string; max: number })
    .execute()
}

/** Limits that were set for accounts or domains themselves, by their id. */
export async function ownLimits(
  db: Queries,
  column: 'account_id' | 'domain_id',
  ids: readonly number[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
  const limits = new Map<number, Map<string, number>>()
  if (ids.length === 0) return limits
  const rows = await db
    .selectFrom('resource_limit')
    .select([`${column} as owner`, 'type', 'max'])
    .where(column, 'in', [...ids])
    .execute()
  for (const row of rows) {
    if (row.owner === null) continue
    limits.set(row.owner, (limits.get(row.owner) ?? new Map<string, number>()).set(row.type, row.max))
  }
  return limits
}
