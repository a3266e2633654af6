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
  CLVM: (pool) => ({ uuid: pool.uuid, type: 'CLVM', path: `/dev${pool.path}` }),
  IscsiLUN: (pool) => {
    const [, target = '', lun = ''] = /^\/(.+)\/(\d+)$/.exec(pool.path) ?? []
    const portals = pool.host_address.split(',').map((address) => ({ address, port: pool.port }))
    return {
      uuid: pool.uuid,
      type: 'IscsiLUN',
      path: groupPath(pool),
      source: { kind: 'iscsi', portals, target, lun: Number(lun) },
    }
  },
  FiberChannel: (pool) => ({
    uuid: pool.uuid,
    type: 'FiberChannel',
    path: groupPath(pool),
    source: { kind: 'wwid', wwid: pool.path.slice(1) },
  }),
}

/** A pool as hosts know it. */
export function hostPoolRef(pool: Pool): PoolRef {
  const ref = Object.hasOwn(refs, pool.pool_type) ? refs[pool.pool_type] : undefined
  if (ref === undefined) throw new Bug('a pool of a type that no host knows', { pool: pool.uuid, type: pool.pool_type })
  return ref(pool)
}

/** A disk of the pool's own has a volume group of the pool's own. */
function groupPath(pool: Pool): string {
  return `/dev/alto_${pool.uuid.replaceAll('-', '')}`
}

function directory(type: 'SharedMountPoint' | 'Filesystem') {
  return (pool: Pool): PoolRef => ({ uuid: pool.uuid, type, path: pool.path })
}
