import type { PoolRef } from '@altostack/agent-api'
import { directoryDriver } from './directory-driver.ts'
import { lvmDriver } from './lvm-driver.ts'
import { nfsDriver } from './nfs-driver.ts'
import type { PoolDriver } from './pool-driver.ts'

const drivers: Readonly<Record<PoolRef['type'], PoolDriver>> = {
  Filesystem: directoryDriver,
  SharedMountPoint: directoryDriver,
  NetworkFilesystem: nfsDriver,
  CLVM: lvmDriver,
  IscsiLUN: lvmDriver,
  FiberChannel: lvmDriver,
}

/** How pools of this kind keep images. */
export function driverOf(pool: PoolRef): PoolDriver {
  return drivers[pool.type]
}
