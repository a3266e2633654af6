import type { Tx } from '../db/database.ts'
import { ownProvider } from '../image-store/image-store.repository.ts'
import type { SeedContext } from './seed.ts'

/** The server's own image store: where there is no other, images stay there. */
export async function seedImageStore(tx: Tx, ctx: SeedContext): Promise<void> {
  await tx
    .insertInto('image_store')
    .values({
      uuid: ctx.runtime.uuid(),
      name: 'server',
      image_provider_name: ownProvider,
      protocol: 'file',
      url: 'file:///',
      data_center_id: null,
      scope: 'REGION',
      created: ctx.now,
    })
    .execute()
}
