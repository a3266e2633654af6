import { deleteImageStore } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { changeStore, isOwn, storeHolds } from '../image-store.repository.ts'
import { forgetLeftovers, isWrittenTo } from '../leftover.repository.ts'

export const handler = defineHandler(deleteImageStore, {
  eventText: ({ entities }) => `deleting image store ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const { id: store } = entities
    if (isOwn(store)) {
      throw storageFailure('image-store.own', `${store.name} is the management server's own image store`)
    }
    const held = await storeHolds(tx, store.id)
    if (held.length > 0) {
      throw storageFailure('image-store.in-use', `Image store ${store.name} holds images`, {
        seen: held.join(', '),
        entities: [{ uuid: store.uuid, description: 'image store' }],
      })
    }
    if (await isWrittenTo(tx, store.id)) {
      throw storageFailure('image-store.in-use', `An image is being written to image store ${store.name}`, {
        fix: 'Try again when that has ended; listAsyncJobs shows what works.',
        entities: [{ uuid: store.uuid, description: 'image store' }],
      })
    }
    // Whoever takes a store away that is lost for good shall not have to bring it back first.
    await forgetLeftovers(tx, store.id)
    await changeStore(tx, store, { removed: now })
  },
})
