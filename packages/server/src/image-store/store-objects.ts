import { extname } from 'node:path'
import type { imageStoreObjectResponse, ResponseValue } from '@altostack/api'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { type ImageStore, refTo } from './image-store.repository.ts'
import { imagesOn } from './images-on-stores.repository.ts'
import { leftovers } from './leftover.repository.ts'
import { storeOf } from './store-of.ts'
import type { ImageFolder } from './stored-image.ts'

export type StoreObjectView = ResponseValue<typeof imageStoreObjectResponse>

/** What the store itself says that lies in the folder, with the rows that own it. */
export async function storeObjects(
  db: Queries,
  ctx: ServerContext,
  store: ImageStore,
  folder: ImageFolder,
): Promise<StoreObjectView[]> {
  const objects = await (await storeOf(ctx, store.id)).list(folder)
  const images = (await imagesOn(db, refTo(store))).filter((image) => image.folder === folder)
  const left = new Set((await leftovers(db, store.id)).map((row) => row.object))
  return objects
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, sizeBytes, modified }) => {
      const image = images.find((one) => one.path === name)
      return {
        name,
        isdirectory: false,
        size: sizeBytes,
        format: extname(name).slice(1).toUpperCase(),
        lastupdated: modified,
        leftover: left.has(`${folder}/${name}`),
        ...(image === undefined ? {} : { [`${image.kind}id`]: image.uuid, [`${image.kind}name`]: image.name }),
      }
    })
}
