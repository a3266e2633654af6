import { apiFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { volumesOfVm } from '../volume/index.ts'
import type { VirtualMachine } from './vm.states.ts'

/** `migrateto` as pool ids by volume id. Throws 431 for what is not a volume of the VM or not a pool of its zone. */
export async function readVolumePools(
  db: Queries,
  vm: VirtualMachine,
  wishes: readonly { readonly volume?: string; readonly pool?: string }[],
): Promise<Record<string, number>> {
  const volumes = await volumesOfVm(db, vm.id)
  const pools: Record<string, number> = {}
  for (const wish of wishes) {
    const volume = volumes.find(({ uuid }) => uuid === wish.volume)
    if (volume === undefined) {
      throw apiFailure('api.parameter', `migrateto: ${wish.volume} is not a volume of ${vm.name}`)
    }
    if (pools[volume.id] !== undefined) {
      throw apiFailure('api.parameter', `migrateto: volume ${volume.name} is named twice`)
    }
    const pool = await db
      .selectFrom('storage_pool')
      .select(['id', 'name', 'data_center_id'])
      .where('uuid', '=', wish.pool ?? '')
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (pool === undefined) throw apiFailure('api.parameter', `migrateto: there is no storage pool ${wish.pool}`)
    if (pool.data_center_id !== vm.data_center_id) {
      throw apiFailure('api.parameter', `migrateto: storage pool ${pool.name} is in another zone`)
    }
    pools[volume.id] = pool.id
  }
  return pools
}
