import type { HostFacts } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { findPoolAt, insertPool } from './pool.repository.ts'
import { movePoolStatus } from './pool.states.ts'

/** CloudStack's default of local.storage.path, for agents that do not say theirs. */
const defaultLocalPath = '/var/lib/libvirt/images'

/** Where a zone has local storage on, each of its hosts has a pool of its own: its row, made at the first connect. */
export async function ensureLocalPool(ctx: ServerContext, host: Row<'host'>): Promise<void> {
  const zone = await ctx.db
    .selectFrom('data_center')
    .select('is_local_storage_enabled')
    .where('id', '=', host.data_center_id)
    .executeTakeFirst()
  if (zone?.is_local_storage_enabled !== 1 || host.cluster_id === null) return
  const clusterId = host.cluster_id
  const path = localPath(host.facts)
  const place = { type: 'Filesystem', path, clusterId, hostId: host.id }
  if ((await findPoolAt(ctx.db, place)) !== undefined) return
  await transact(ctx, async (tx) => {
    if ((await findPoolAt(tx, place)) !== undefined) return
    const uuid = ctx.runtime.uuid()
    const pool = await insertPool(tx, {
      uuid,
      name: `${host.name}-local-${uuid.slice(0, 8)}`,
      pool_type: 'Filesystem',
      data_center_id: host.data_center_id,
      pod_id: host.pod_id,
      cluster_id: clusterId,
      host_id: host.id,
      host_address: host.private_ip_address,
      path,
      status: 'Initial',
      scope: 'HOST',
      hypervisor: host.hypervisor_type,
      created: ctx.runtime.now(),
    })
    const initialized = await movePoolStatus(tx, ctx, pool, 'Initialize', { cause: 'local-storage' })
    const attaching = await movePoolStatus(tx, ctx, initialized, 'Attach', { cause: 'local-storage' })
    await movePoolStatus(tx, ctx, attaching, 'Attached', { cause: 'local-storage' })
  })
}

function localPath(facts: string | null): string {
  try {
    const said = (JSON.parse(facts ?? '{}') as Partial<HostFacts>).localStoragePath
    if (said?.startsWith('/') && said !== '/') return said.replace(/(.)\/+$/, '$1')
  } catch {
    // Facts of an older agent: the default counts.
  }
  return defaultLocalPath
}
