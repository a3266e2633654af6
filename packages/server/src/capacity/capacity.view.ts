import type { capacityResponse, ResponseValue } from '@altostack/api'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import {
  addressCapacitySums,
  type CapacityFilter,
  type CapacitySum,
  capacityTypes,
  hostCapacitySums,
  poolCapacitySums,
} from './capacity-list.repository.ts'
import { percentUsed, sumUp } from './capacity-sums.ts'

export type CapacityView = ResponseValue<typeof capacityResponse>

/** CloudStack's names of capacity types, by number. */
export const capacityNames = new Map<number, string>(
  Object.values(capacityTypes).map(({ number, name }) => [number, name]),
)

/** The use of every type at each place of a level, summed up from the claims as they are now. */
export async function capacitySums(
  ctx: ServerContext,
  db: Queries,
  chosen: Omit<CapacityFilter, 'overprovisioning'>,
): Promise<readonly CapacitySum[]> {
  const filter = { ...chosen, overprovisioning: await ctx.config.number('storage.overprovisioning.factor', {}, db) }
  return sumUp(
    [
      ...(await hostCapacitySums(db, filter)),
      ...(await poolCapacitySums(db, filter)),
      ...(await addressCapacitySums(db, filter)),
    ],
    filter.level,
  )
}

export async function capacityViews(db: Queries, sums: readonly CapacitySum[]): Promise<CapacityView[]> {
  const named = async (table: 'data_center' | 'host_pod_ref' | 'cluster', id: (sum: CapacitySum) => number | null) =>
    await placeNames(db, table, sums.map(id))
  const zones = await named('data_center', (sum) => sum.zoneId)
  const pods = await named('host_pod_ref', (sum) => sum.podId)
  const clusters = await named('cluster', (sum) => sum.clusterId)
  return sums.map((sum): CapacityView => {
    const zone = zones.get(sum.zoneId)
    const pod = sum.podId === null ? undefined : pods.get(sum.podId)
    const cluster = sum.clusterId === null ? undefined : clusters.get(sum.clusterId)
    return {
      type: sum.type,
      name: capacityNames.get(sum.type),
      zoneid: zone?.uuid,
      zonename: zone?.name,
      podid: pod?.uuid,
      podname: pod?.name,
      clusterid: cluster?.uuid,
      clustername: cluster?.name,
      capacityallocated: Math.round(sum.used),
      capacityused: Math.round(sum.used),
      capacitytotal: Math.round(sum.total),
      percentused: percentUsed(sum),
    }
  })
}

const placeOf = {
  zone: (sum: CapacitySum) => sum.zoneId,
  pod: (sum: CapacitySum) => sum.podId,
  cluster: (sum: CapacitySum) => sum.clusterId,
} as const

/** For `showcapacities`: adds its figures to the view of each place; `rows` and `views` are of the same places in order. */
export async function withCapacity<View extends object>(
  ctx: ServerContext,
  db: Queries,
  level: CapacityFilter['level'],
  rows: readonly { readonly id: number }[],
  views: readonly View[],
): Promise<(View & { readonly capacity: CapacityView[] })[]> {
  const shown = new Set(rows.map((row) => row.id))
  const sums = (await capacitySums(ctx, db, { level })).filter((sum) => shown.has(placeOf[level](sum) ?? -1))
  const figures = await capacityViews(db, sums)
  return views.map((view, at) => ({
    ...view,
    capacity: figures.filter((_, index) => placeOf[level](sums[index] as CapacitySum) === rows[at]?.id),
  }))
}
