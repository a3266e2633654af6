import { apiFailure, storageFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import {
  findPoolAt,
  findPoolOn,
  insertPool,
  type Pool,
  savePoolDetails,
  savePoolTags,
  upHostsOfPool,
} from './pool.repository.ts'
import { movePoolStatus } from './pool.states.ts'
import { checkDetails, storedDetails } from './pool-details.ts'
import { type PoolPlace, type PoolType, readPoolUrl } from './pool-url.ts'

export type NewPool = {
  readonly name: string
  readonly url: string
  readonly zone: Row<'data_center'>
  readonly pod: Row<'host_pod_ref'> | undefined
  readonly cluster: Row<'cluster'> | undefined
  readonly scope: string | undefined
  readonly hypervisor: string | undefined
  readonly tags: readonly string[]
  readonly details: Readonly<Record<string, string>>
}

/** Checks a new pool and writes its row in status Attaching. */
export async function beginPool(tx: Tx, ctx: ServerContext, wanted: NewPool): Promise<Pool> {
  const name = wanted.name.trim()
  if (name === '') throw apiFailure('api.parameter', 'The pool needs a name')
  const place = readPoolUrl(wanted.url)
  checkDetails(place.type, wanted.details)
  const scope = scopeOf(place, wanted)
  const local = scope === 'HOST'
  if (local && wanted.zone.is_local_storage_enabled !== 1) {
    throw storageFailure('storage.local-disabled', `Local storage is not enabled in zone ${wanted.zone.name}`)
  }
  const host = local ? await hostOfLocalPool(tx, wanted, place.host) : undefined
  const cluster = scope === 'ZONE' ? undefined : host === undefined ? wanted.cluster : await clusterOf(tx, host)
  if (cluster === undefined && scope !== 'ZONE') {
    throw storageFailure('storage.scope', 'A pool of scope CLUSTER needs clusterid')
  }
  if (cluster !== undefined) refuseMismatch(wanted, cluster)
  const row = {
    uuid: ctx.runtime.uuid(),
    name,
    pool_type: place.type,
    port: place.port,
    data_center_id: wanted.zone.id,
    pod_id: cluster?.pod_id ?? null,
    cluster_id: cluster?.id ?? null,
    host_id: host?.id ?? null,
    host_address: host?.private_ip_address ?? place.host,
    path: place.path,
    status: 'Initial',
    scope,
    hypervisor: wanted.hypervisor ?? cluster?.hypervisor_type ?? null,
    created: ctx.runtime.now(),
  }
  await refuseTaken(tx, place, cluster, host)
  if (host === undefined && (await upHostsOfPool(tx, row)).length === 0) {
    const where = cluster === undefined ? `zone ${wanted.zone.name}` : `cluster ${cluster.name}`
    throw storageFailure('storage.no-host', `No host up to associate a storage pool with in ${where}`)
  }
  const made = await insertPool(tx, row)
  await savePoolTags(tx, made.id, wanted.tags)
  await savePoolDetails(tx, made.id, storedDetails(ctx, wanted.details))
  const initialized = await movePoolStatus(tx, ctx, made, 'Initialize', { cause: 'storage.create' })
  return await movePoolStatus(tx, ctx, initialized, 'Attach', { cause: 'storage.create' })
}

/** Local storage belongs to a host; a volume group has one cluster's hosts as its writers; the others may be zone-wide. */
function scopeOf(place: PoolPlace, wanted: NewPool): 'HOST' | 'CLUSTER' | 'ZONE' {
  const scope = (wanted.scope ?? (place.type === 'Filesystem' ? 'HOST' : 'CLUSTER')).toUpperCase()
  const allowed = scopesOf[place.type]
  const chosen = allowed.find((one) => one === scope)
  if (chosen === undefined) {
    throw storageFailure('storage.scope', `Storage of type ${place.type} has scope ${allowed.join(' or ')}`, {
      seen: `scope ${scope}`,
    })
  }
  if (chosen === 'ZONE') {
    if (wanted.cluster !== undefined || wanted.pod !== undefined) {
      throw storageFailure('storage.scope', 'A pool of scope ZONE takes neither podid nor clusterid')
    }
    if (wanted.hypervisor === undefined) {
      throw storageFailure('storage.scope', 'A pool of scope ZONE needs hypervisor', { fix: 'Give hypervisor=KVM.' })
    }
  }
  return chosen
}

const scopesOf: Readonly<Record<PoolType, readonly ('HOST' | 'CLUSTER' | 'ZONE')[]>> = {
  Filesystem: ['HOST'],
  SharedMountPoint: ['CLUSTER', 'ZONE'],
  NetworkFilesystem: ['CLUSTER', 'ZONE'],
  CLVM: ['CLUSTER'],
  IscsiLUN: ['CLUSTER'],
  FiberChannel: ['CLUSTER'],
}

async function refuseTaken(
  tx: Tx,
  place: PoolPlace,
  cluster: Row<'cluster'> | undefined,
  host: Row<'host'> | undefined,
): Promise<void> {
  const shared = place.type !== 'Filesystem' && place.type !== 'SharedMountPoint'
  const taken = shared
    ? await findPoolOn(tx, { type: place.type, address: place.host, path: place.path })
    : await findPoolAt(tx, {
        type: place.type,
        path: place.path,
        clusterId: cluster?.id ?? null,
        hostId: host?.id ?? null,
      })
  if (taken === undefined) return
  throw storageFailure('storage.exists', `Storage pool ${taken.name} is at ${place.path} already`, {
    entities: [{ uuid: taken.uuid, description: 'StoragePool' }],
  })
}

function refuseMismatch(wanted: NewPool, cluster: Row<'cluster'>): void {
  const { zone, pod, hypervisor } = wanted
  if (cluster.data_center_id !== zone.id) {
    throw storageFailure('storage.scope', `Cluster ${cluster.name} is not in zone ${zone.name}`)
  }
  if (pod !== undefined && pod.id !== cluster.pod_id) {
    throw storageFailure('storage.scope', `Cluster ${cluster.name} is not in pod ${pod.name}`)
  }
  if (
    hypervisor !== undefined &&
    hypervisor.toLowerCase() !== 'any' &&
    hypervisor.toLowerCase() !== cluster.hypervisor_type.toLowerCase()
  ) {
    throw storageFailure('storage.scope', `Cluster ${cluster.name} holds ${cluster.hypervisor_type} hosts`, {
      seen: `hypervisor ${hypervisor}`,
    })
  }
}

/** `filesystem://HOST/PATH` names the host; `file:///PATH` means the only one there is. */
async function hostOfLocalPool(tx: Tx, wanted: NewPool, name: string): Promise<Row<'host'>> {
  let query = tx
    .selectFrom('host')
    .selectAll()
    .where('removed', 'is', null)
    .where('status', '=', 'Up')
    .where('data_center_id', '=', wanted.zone.id)
  if (wanted.cluster !== undefined) query = query.where('cluster_id', '=', wanted.cluster.id)
  if (name !== 'localhost') {
    query = query.where((eb) =>
      eb.or([eb('uuid', '=', name), eb('name', '=', name), eb('private_ip_address', '=', name)]),
    )
  }
  const hosts = await query.limit(2).execute()
  const [host] = hosts
  if (host === undefined) {
    throw storageFailure('storage.no-host', `No host up to associate a storage pool with: ${name}`)
  }
  if (hosts.length > 1) {
    throw storageFailure('storage.scope', 'Several hosts fit: name the one that the local pool is on', {
      fix: 'Write filesystem://HOST/PATH with the name, address or id of the host.',
    })
  }
  return host
}

async function clusterOf(tx: Tx, host: Row<'host'>): Promise<Row<'cluster'> | undefined> {
  if (host.cluster_id === null) return undefined
  return await tx.selectFrom('cluster').selectAll().where('id', '=', host.cluster_id).executeTakeFirst()
}
