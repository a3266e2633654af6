import type { PoolRef } from '@altostack/agent-api'
import { Bug } from '@altostack/core'
import type { Pool } from './pool.repository.ts'

/** Where hosts mount NFS pools, as CloudStack's agents do. */
const mountRoot = '/mnt'

const refs: Readonly<Record<string, (pool: Pool) => PoolRef>> = {
  SharedMountPoint: directory('SharedMountPoint'),
  Filesystem: directory('Filesystem'),
  NetworkFilesystem: (pool) => ({
    uuid: pool.uuid,
    type: 'NetworkFilesystem',
    path: `${mountRoot}/${pool.uuid}`,
    source: { kind: 'nfs', server: pool.host_address, port: pool.port, export: pool.path },
  }),
}

/** A pool as hosts know it. */
export function hostPoolRef(pool: Pool): PoolRef {
  const ref = Object.hasOwn(refs, pool.pool_type) ? refs[pool.pool_type] : undefined
  if (ref === undefined) throw new Bug('a pool of a type that no host knows', { pool: pool.uuid, type: pool.pool_type })
  return ref(pool)
}

function directory(type: 'SharedMountPoint' | 'Filesystem') {
  return (pool: Pool): PoolRef => ({ uuid: pool.uuid, type, path: pool.path })
}
