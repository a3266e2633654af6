import type { Queries } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { hostTables } from '../db/tables/host-tables.ts'
import type { HostRow } from './host.repository.ts'

export type HostFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly podId?: number
  readonly clusterId?: number
  readonly name?: string
  readonly status?: string
  readonly type?: string
  readonly resourceState?: string
  readonly hypervisor?: string
  readonly arch?: string
  readonly version?: string
  readonly managementServerUuid?: string
  readonly notHostId?: number
  readonly keyword?: string
  /** Asked for what no host of this version has. */
  readonly nothing?: boolean
}

/** Facts are kilobytes a host, and no list shows them. */
export type ListedHost = Omit<HostRow, 'facts'>
const listedColumns = Object.keys(hostTables.host.columns).filter((name) => name !== 'facts') as (keyof ListedHost)[]

export async function listHostRows(
  db: Queries,
  filter: HostFilter,
  page: Page,
): Promise<{ count: number; rows: ListedHost[] }> {
  if (filter.nothing === true) return { count: 0, rows: [] }
  let query = db.selectFrom('host').where('host.removed', 'is', null)
  const exact = [
    ['host.id', filter.id],
    ['host.data_center_id', filter.zoneId],
    ['host.pod_id', filter.podId],
    ['host.cluster_id', filter.clusterId],
    ['host.name', filter.name],
    ['host.status', filter.status],
    ['host.type', filter.type],
    ['host.resource_state', filter.resourceState],
    ['host.hypervisor_type', filter.hypervisor],
    ['host.arch', filter.arch],
    ['host.version', filter.version],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.notHostId !== undefined) query = query.where('host.id', '!=', filter.notHostId)
  if (filter.managementServerUuid !== undefined) {
    const uuid = filter.managementServerUuid
    query = query.where('host.mgmt_server_id', 'in', (eb) =>
      eb.selectFrom('mshost').select('mshost.id').where('mshost.uuid', '=', uuid),
    )
  }
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([
        eb('host.name', 'like', pattern),
        eb('host.status', 'like', pattern),
        eb('host.type', 'like', pattern),
        eb('host.private_ip_address', 'like', pattern),
      ]),
    )
  }
  // Ids first: they come out of an index, while rows before the page would be read to be left out.
  const { count, rows: ids } = await selectPage(query, page, (found) => found.select('host.id').orderBy('host.id'))
  if (ids.length === 0) return { count, rows: [] }
  const rows = await db
    .selectFrom('host')
    .select(listedColumns)
    .where(
      'id',
      'in',
      ids.map((row) => row.id),
    )
    .orderBy('id')
    .execute()
  return { count, rows }
}

export type LastMove = { readonly cause: string; readonly evidence: string | null; readonly at: number }

/** Cause of what doctor records of a host: evidence, no move. */
export const diagnosedCause = 'host.diagnosed'

/** The newest recorded move of each host: why it is in the status that it is in. */
export async function lastMoves(db: Queries, hostIds: readonly number[]): Promise<Map<number, LastMove>> {
  if (hostIds.length === 0) return new Map()
  const newest = await db
    .selectFrom('change_feed')
    .select((eb) => eb.fn.max('id').as('id'))
    .where('entity', '=', 'Host')
    .where('entity_id', 'in', [...hostIds])
    .where('cause', '!=', diagnosedCause)
    .groupBy('entity_id')
    .execute()
  const ids = newest.map((row) => Number(row.id))
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('change_feed')
    .select(['entity_id', 'cause', 'evidence', 'at'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.entity_id, row]))
}

export type HostGuests = { readonly clusterId: number | undefined; readonly running: number; readonly all: number }

/** Virtual machines on hosts, by the host's uuid; hosts without any too. */
export async function guestsOfHosts(db: Queries, uuids: readonly string[]): Promise<Map<string, HostGuests>> {
  if (uuids.length === 0) return new Map()
  const rows = await db
    .selectFrom('host')
    .leftJoin('vm_instance as vm', (join) => join.onRef('vm.host_id', '=', 'host.id').on('vm.removed', 'is', null))
    .select(['host.uuid', 'host.cluster_id', 'vm.state'])
    .select((eb) => eb.fn.count<number>('vm.id').as('vms'))
    .where('host.uuid', 'in', [...uuids])
    .groupBy(['host.uuid', 'host.cluster_id', 'vm.state'])
    .execute()
  const found = new Map<string, HostGuests>()
  for (const row of rows) {
    const before = found.get(row.uuid) ?? { running: 0, all: 0 }
    const vms = Number(row.vms)
    found.set(row.uuid, {
      clusterId: row.cluster_id ?? undefined,
      running: before.running + (row.state === 'Running' ? vms : 0),
      all: before.all + vms,
    })
  }
  return found
}
