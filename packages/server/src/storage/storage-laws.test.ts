import type { LawWorld } from '@altostack/testkit'
import { workflowLaws } from '@altostack/testkit'
import type { ServerContext } from '../context.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { storagePoolMaintenanceWorkflow } from './workflows/storage-pool-maintenance.ts'
import { storagePoolReturnWorkflow } from './workflows/storage-pool-return.ts'

/** A world whose pool is in `status` and has a volume of a stopped guest. */
async function worldOf(status: string): Promise<VolumeWorld> {
  const world = await makeVolumeWorld({ runs: false, attached: true })
  const { zone } = world
  const { db } = world.ctx
  await db.updateTable('storage_pool').set({ status }).where('id', '=', zone.pool.id).execute()
  if (status === 'CancelMaintenance') {
    await db.deleteFrom('storage_pool_host_ref').where('pool_id', '=', zone.pool.id).execute()
  }
  return {
    ...world,
    observe: async () => {
      const pool = await db
        .selectFrom('storage_pool')
        .selectAll()
        .where('id', '=', zone.pool.id)
        .executeTakeFirstOrThrow()
      const hosts = await db.selectFrom('storage_pool_host_ref').selectAll().where('pool_id', '=', pool.id).execute()
      return { status: pool.status, hosts: hosts.map((row) => row.host_id).sort() }
    },
  }
}
const poolOf = (world: LawWorld<ServerContext>): number => (world as VolumeWorld).zone.pool.id

workflowLaws(storagePoolMaintenanceWorkflow, {
  makeWorld: () => worldOf('PrepareForMaintenance'),
  input: (world) => ({ poolId: poolOf(world), poolName: 'primary', stopVms: false }),
  lockKey: 'storage-pool:1',
  journal: {
    succeeds: ['do stop-guests', 'do detach', 'do enter'],
    unwinds: ['do stop-guests', 'do detach', 'do enter', 'undo detach'],
  },
})

workflowLaws(storagePoolReturnWorkflow, {
  makeWorld: () => worldOf('CancelMaintenance'),
  input: (world) => ({ poolId: poolOf(world) }),
  lockKey: 'storage-pool:1',
  journal: {
    succeeds: ['do attach', 'do up'],
    unwinds: ['do attach', 'do up'],
  },
})
