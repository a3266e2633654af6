import { updateImageStore } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeStore } from '../image-store.repository.ts'
import { imageStoreViews } from '../image-store.view.ts'

export const handler = defineHandler(updateImageStore, {
  eventText: ({ entities }) => `updating image store ${entities.id.name}`,
  async change({ tx, input, entities }) {
    const store = await changeStore(tx, entities.id, {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.readonly === undefined ? {} : { read_only: input.readonly ? 1 : 0 }),
      ...(input.capacitybytes === undefined ? {} : { total_size: input.capacitybytes }),
    })
    return (await imageStoreViews(tx, [store]))[0] ?? {}
  },
})
