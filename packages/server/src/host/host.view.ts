import type { hostResponse, ResponseValue } from '@altostack/api'
import { hostStatuses } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import { hostUsage } from '../stats/index.ts'
import { type ListedHost, lastMoves } from './host-list.repository.ts'
import { stateCause, stateFix } from './state-cause.ts'

export type HostView = ResponseValue<typeof hostResponse>
export type HostViewOptions = {
  /** Groups of fields: `min` leaves out capacity, statistics and events. */
  readonly details?: readonly string[]
  /** What a virtual machine would claim there: answers whether it fits. MHz and bytes. */
  readonly wanted?: { readonly cpu: number; readonly memory: number }
}

/** Hosts as answers; a page costs a fixed number of queries. */
export async function hostViews(
  db: Queries,
  ctx: ServerContext,
  hosts: readonly ListedHost[],
  options: HostViewOptions = {},
): Promise<HostView[]> {
  if (hosts.length === 0) return []
  const groups = options.details ?? ['all']
  const shows = (group: string): boolean => groups.includes('all') || groups.includes(group)
  const more = await related(db, hosts)
  return hosts.map((host) => ({
    ...identity(host, more),
    ...(shows('events') ? { events: eventsOf(host) } : {}),
    ...(shows('capacity') || options.wanted !== undefined ? capacityOf(host, more, options) : {}),
    ...(shows('stats') ? loadOf(host, ctx) : {}),
    lastpinged: ctx.agents.load(host.id)?.at ?? host.last_ping,
  }))
}

type Related = Awaited<ReturnType<typeof related>>

async function related(db: Queries, hosts: readonly ListedHost[]) {
  const ids = hosts.map((host) => host.id)
  const clusterIds = [...new Set(hosts.map((host) => host.cluster_id).filter((id) => id !== null))]
  const serverIds = [...new Set(hosts.map((host) => host.mgmt_server_id).filter((id) => id !== null))]
  const away = hosts.filter((host) => host.status !== 'Up').map((host) => host.id)
  // Side by side: a database of its own answers them at the same time.
  const [zones, pods, clusters, ratios, servers, details, tags, capacities, local, moves] = await Promise.all([
    placeNames(
      db,
      'data_center',
      hosts.map((host) => host.data_center_id),
    ),
    placeNames(
      db,
      'host_pod_ref',
      hosts.map((host) => host.pod_id),
    ),
    clusterIds.length === 0
      ? []
      : db.selectFrom('cluster').select(['id', 'uuid', 'name', 'cluster_type']).where('id', 'in', clusterIds).execute(),
    clusterIds.length === 0
      ? []
      : db
          .selectFrom('cluster_details')
          .select(['cluster_id as of', 'name', 'value'])
          .where('cluster_id', 'in', clusterIds)
          .where('name', 'in', ['cpuOvercommitRatio', 'memoryOvercommitRatio'])
          .execute(),
    serverIds.length === 0
      ? []
      : db.selectFrom('mshost').select(['id', 'uuid', 'name', 'msid']).where('id', 'in', serverIds).execute(),
    db.selectFrom('host_details').select(['host_id as of', 'name', 'value']).where('host_id', 'in', ids).execute(),
    db
      .selectFrom('host_tags')
      .select(['host_id', 'tag', 'is_implicit'])
      .where('host_id', 'in', ids)
      .orderBy('id')
      .execute(),
    db.selectFrom('host_capacity').selectAll().where('host_id', 'in', ids).execute(),
    db.selectFrom('storage_pool').select('host_id').where('host_id', 'in', ids).where('removed', 'is', null).execute(),
    lastMoves(db, away),
  ])
  return {
    zones,
    pods,
    clusters: byId(clusters),
    ratios: grouped(ratios),
    servers: byId(servers),
    details: grouped(details),
    tags: Map.groupBy(tags, (row) => row.host_id),
    capacities: new Map(capacities.map((row) => [row.host_id, row])),
    local: new Set(local.map((row) => row.host_id)),
    moves,
  }
}

function identity(host: ListedHost, more: Related): HostView {
  const cluster = host.cluster_id === null ? undefined : more.clusters.get(host.cluster_id)
  const server = host.mgmt_server_id === null ? undefined : more.servers.get(host.mgmt_server_id)
  const details = more.details.get(host.id) ?? {}
  const tags = more.tags.get(host.id) ?? []
  const names = (implicit: 0 | 1): string =>
    tags
      .filter((row) => row.is_implicit === implicit)
      .map((row) => row.tag)
      .join(',')
  const move = more.moves.get(host.id)
  return {
    id: host.uuid,
    name: host.name,
    state: host.status,
    disconnected: host.disconnected,
    type: host.type,
    ipaddress: host.private_ip_address,
    zoneid: more.zones.get(host.data_center_id)?.uuid,
    zonename: more.zones.get(host.data_center_id)?.name,
    podid: more.pods.get(host.pod_id)?.uuid,
    podname: more.pods.get(host.pod_id)?.name,
    clusterid: cluster?.uuid,
    clustername: cluster?.name,
    clustertype: cluster?.cluster_type,
    version: host.version,
    hypervisor: host.hypervisor_type,
    hypervisorversion: host.hypervisor_version,
    cpusockets: host.cpu_sockets,
    cpunumber: host.cpus,
    cpuspeed: host.speed,
    capabilities: host.capabilities,
    msid: server?.msid,
    managementserverid: server?.uuid,
    managementservername: server?.name,
    islocalstorageactive: more.local.has(host.id),
    created: host.created,
    removed: host.removed,
    resourcestate: host.resource_state,
    arch: host.arch,
    hosttags: [names(0), names(1)].filter((text) => text !== '').join(','),
    explicithosttags: names(0),
    implicithosttags: names(1),
    annotation: details[annotationDetail],
    ueficapability: details['host.uefi.enable'] === 'true',
    encryptionsupported: details['host.volume.encryption'] === 'true',
    instanceconversionsupported: false,
    details: shownDetails(details),
    statecause: move === undefined ? null : stateCause(host.status, move),
    statefix: move === undefined ? null : stateFix(host.status, move),
  }
}

/** Where updateHost keeps its note. */
export const annotationDetail = 'alto.annotation'

function shownDetails(details: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  const { [annotationDetail]: _, ...shown } = details
  return Object.keys(shown).length === 0 ? null : shown
}

/** Events that the host's status takes now, as CloudStack lists them. */
function eventsOf(host: ListedHost): string {
  return hostStatuses.rows
    .filter(([from]) => from === host.status)
    .map(([, event]) => event)
    .join('; ')
}

function capacityOf(host: ListedHost, more: Related, options: HostViewOptions): HostView {
  const row = more.capacities.get(host.id)
  const ratios = (host.cluster_id === null ? undefined : more.ratios.get(host.cluster_id)) ?? {}
  const [cpuRatio, memoryRatio] = [ratioOf(ratios.cpuOvercommitRatio), ratioOf(ratios.memoryOvercommitRatio)]
  const cpuTotal = row?.cpu_total ?? 0
  const memoryTotal = row?.memory_total ?? 0
  const cpu = (row?.cpu_used ?? 0) + (row?.cpu_reserved ?? 0)
  const memory = (row?.memory_used ?? 0) + (row?.memory_reserved ?? 0)
  const fits =
    options.wanted !== undefined &&
    cpu + options.wanted.cpu <= cpuTotal * cpuRatio &&
    memory + options.wanted.memory <= memoryTotal * memoryRatio
  return {
    cpuallocatedvalue: cpu,
    cpuallocated: percent(cpu, cpuTotal),
    cpuallocatedpercentage: percent(cpu, cpuTotal * cpuRatio),
    cpuallocatedwithoverprovisioning: percent(cpu, cpuTotal * cpuRatio),
    cpuwithoverprovisioning: String(Math.round(cpuTotal * cpuRatio)),
    memorytotal: memoryTotal,
    memorywithoverprovisioning: String(Math.round(memoryTotal * memoryRatio)),
    memoryallocated: memory,
    memoryallocatedbytes: memory,
    memoryallocatedpercentage: percent(memory, memoryTotal * memoryRatio),
    ...(options.wanted === undefined ? {} : { hasenoughcapacity: fits, suitableformigration: fits && isOpen(host) }),
  }
}

function isOpen(host: ListedHost): boolean {
  return host.status === 'Up' && host.resource_state === 'Enabled'
}

function loadOf(host: ListedHost, ctx: ServerContext): HostView {
  const load = ctx.agents.load(host.id)
  // What a host used before it was lost says nothing of now.
  const latest = host.status === 'Up' ? ctx.stats.latest('host', host.id) : undefined
  return {
    ...(load === undefined
      ? {}
      : {
          cpuloadaverage: load.load1,
          memoryused: Math.max(0, (host.ram ?? 0) - load.memoryFreeBytes),
        }),
    ...(latest === undefined ? {} : hostUsage(latest)),
  }
}

/** `12.34%`. */
function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (part * 100) / whole).toFixed(2)}%`
}

function ratioOf(text: string | undefined): number {
  const value = Number(text ?? 1)
  return Number.isFinite(value) && value > 0 ? value : 1
}

function byId<R extends { readonly id: number }>(rows: readonly R[]): Map<number, R> {
  return new Map(rows.map((row) => [row.id, row]))
}

function grouped(
  rows: readonly { readonly of: number; readonly name: string; readonly value: string | null }[],
): Map<number, Record<string, string>> {
  const all = new Map<number, Record<string, string>>()
  for (const row of rows) {
    const own = all.get(row.of) ?? {}
    own[row.name] = row.value ?? ''
    all.set(row.of, own)
  }
  return all
}
