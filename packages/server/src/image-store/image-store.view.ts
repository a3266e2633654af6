import type { imageStoreResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import { type ImageStore, refTo, storeBytes } from './image-store.repository.ts'

export type ImageStoreView = ResponseValue<typeof imageStoreResponse>

export async function imageStoreViews(db: Queries, stores: readonly ImageStore[]): Promise<ImageStoreView[]> {
  const zones = await placeNames(
    db,
    'data_center',
    stores.map((store) => store.data_center_id),
  )
  const views: ImageStoreView[] = []
  for (const store of stores) {
    const zone = store.data_center_id === null ? undefined : zones.get(store.data_center_id)
    views.push({
      id: store.uuid,
      zoneid: zone?.uuid,
      zonename: zone?.name,
      name: store.name,
      url: store.url,
      protocol: store.protocol,
      providername: store.image_provider_name,
      scope: store.scope,
      readonly: store.read_only === 1,
      disksizetotal: store.total_size,
      disksizeused: await storeBytes(db, refTo(store)),
      hasannotations: false,
    })
  }
  return views
}
