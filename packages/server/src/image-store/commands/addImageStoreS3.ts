import { addImageStoreS3, type Input } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { imageStoreViews } from '../image-store.view.ts'
import { insertStore, readStore, tryStore } from '../new-image-store.ts'

export const handler = defineHandler(addImageStoreS3, {
  eventText: () => 'adding an image store',
  eventResource: (_call, view) => ({ type: 'ImageStore', uuid: (view as { readonly id?: string }).id ?? null }),
  prepare: async ({ ctx, input }) => tryStore(ctx, readStore(wish(input))),
  async change({ tx, ctx, input, prepared }) {
    const store = await insertStore(tx, ctx, readStore(wish(input)), prepared!, undefined)
    return (await imageStoreViews(tx, [store]))[0] ?? {}
  },
})

function wish(input: Input<typeof addImageStoreS3>): Parameters<typeof readStore>[0] {
  const { accesskey, secretkey, endpoint, bucket, usehttps } = input
  const details = { accesskey, secretkey, endpoint, bucket, ...(usehttps === false ? { usehttps: 'false' } : {}) }
  return { provider: 'S3', name: undefined, url: undefined, details }
}
