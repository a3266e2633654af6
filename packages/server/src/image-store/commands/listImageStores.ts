import { listImageStores } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listStores } from '../image-store.repository.ts'
import { imageStoreViews } from '../image-store.view.ts'

export const handler = defineHandler(listImageStores, {
  async list({ db, input, entities, page }) {
    const { count, stores } = await listStores(
      db,
      {
        id: entities.id?.id,
        name: input.name,
        protocol: input.protocol,
        provider: input.provider,
        zoneId: entities.zoneid?.id,
        readOnly: input.readonly,
        keyword: input.keyword,
      },
      page,
    )
    return { count, items: await imageStoreViews(db, stores) }
  },
})
