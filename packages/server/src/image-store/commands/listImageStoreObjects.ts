import { listImageStoreObjects } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { storeObjects } from '../store-objects.ts'
import { imageFolders } from '../stored-image.ts'

export const handler = defineHandler(listImageStoreObjects, {
  async list({ ctx, db, input, entities, page }) {
    const path = (input.path ?? '').replace(/^\/+|\/+$/g, '')
    const folder = imageFolders.find((name) => name === path)
    if (path !== '' && folder === undefined) {
      throw storageFailure('image-store.path', `An image store has no folder ${path}`)
    }
    const all =
      folder === undefined
        ? imageFolders.map((name) => ({ name, isdirectory: true }))
        : await storeObjects(db, ctx, entities.id, folder)
    const found = all.filter(({ name }) => name?.includes(input.keyword ?? ''))
    return { count: found.length, items: found.slice(page.offset, page.offset + page.limit) }
  },
})
