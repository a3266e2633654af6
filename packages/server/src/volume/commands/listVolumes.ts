import { listVolumes } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { tagPairs } from '../../tag/index.ts'
import { volumeViews } from '../volume.view.ts'
import { selectVolumePage, type VolumeFilter } from '../volume-list.repository.ts'

export const handler = defineHandler(listVolumes, {
  list: async ({ ctx, db, caller, input, entities, page, scope }) => {
    const ids = entities.ids?.map((row) => row.id) ?? (entities.id === undefined ? undefined : [entities.id.id])
    const filter: VolumeFilter = {
      scope,
      ...defined({
        ids,
        tags: tagPairs(input.tags),
        name: input.name,
        keyword: input.keyword,
        state: input.state,
        type: input.type?.toUpperCase(),
        display: isRootAdmin(caller) ? input.displayvolume : true,
        zoneId: entities.zoneid?.id,
        podId: entities.podid?.id,
        clusterId: entities.clusterid?.id,
        hostId: entities.hostid?.id,
        poolId: entities.storageid?.id,
        vmId: entities.virtualmachineid?.id,
        serviceOfferingId: entities.serviceofferingid?.id,
        diskOfferingId: entities.diskofferingid?.id,
      }),
    }
    const { count, ids: found } = await selectVolumePage(db, filter, page)
    if (input.retrieveonlyresourcecount === true) return { count, items: [] }
    return { count, items: await volumeViews(db, found, ctx.stats) }
  },
})

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Leaves out what is undefined, so that an absent filter is no key at all. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
