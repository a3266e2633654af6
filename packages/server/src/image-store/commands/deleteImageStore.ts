import { deleteImageStore } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { changeStore, storeHolds } from '../image-store.repository.ts'

export const handler = defineHandler(deleteImageStore, {
  eventText: ({ entities }) => `deleting image store ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const { id: store } = entities
    const held = await storeHolds(tx, store.id)
    if (held.length > 0) {
      throw storageFailure('image-store.in-use', `Image store ${store.name} holds images`, {
        seen: held.join(', '),
        entities: [{ uuid: store.uuid, description: 'image store' }],
      })
    }
    await changeStore(tx, store, { removed: now })
  },
})
