import { addSecondaryStorage, mapEntries } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { imageStoreViews } from '../image-store.view.ts'
import { insertStore, readStore, tryStore } from '../new-image-store.ts'

export const handler = defineHandler(addSecondaryStorage, {
  eventText: () => 'adding an image store',
  eventResource: (_call, view) => ({ type: 'ImageStore', uuid: (view as { readonly id?: string }).id ?? null }),
  prepare: async ({ ctx, input }) =>
    tryStore(ctx, readStore({ provider: 'NFS', name: undefined, url: input.url, details: mapEntries(input.details) })),
  async change({ tx, ctx, input, entities, prepared }) {
    const store = await insertStore(
      tx,
      ctx,
      readStore({ provider: 'NFS', name: undefined, url: input.url, details: mapEntries(input.details) }),
      prepared!,
      entities.zoneid,
    )
    return (await imageStoreViews(tx, [store]))[0] ?? {}
  },
})
