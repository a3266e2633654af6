import { join } from 'node:path'
import { Bug } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { directoryStore } from './directory-store.ts'
import { findStore, type ImageStore, isOwn, storeDetails } from './image-store.repository.ts'
import { mountExport } from './nfs-mount.ts'
import { s3Store } from './s3-store.ts'
import type { StoreDriver } from './store-driver.ts'

/** Details that are sealed at rest. */
export const secretDetails: readonly string[] = ['secretkey']

export function secretPurpose(name: string): string {
  return `image_store_details.${name}`
}

/** How the images of a store are reached; secrets are opened for it alone. */
export async function storeOf(ctx: ServerContext, storeId: number): Promise<StoreDriver> {
  const store = await findStore(ctx.db, storeId)
  if (store === undefined) throw new Bug('an image is on a store that is not there', { storeId })
  const rows = await storeDetails(ctx.db, storeId)
  const details = Object.fromEntries(
    rows.map((row) => [
      row.name,
      row.sealed === null ? (row.value ?? '') : ctx.secrets.open(secretPurpose(row.name), row.sealed),
    ]),
  )
  return driverFor(ctx, store, details)
}

/** The same of a store that has no row yet. */
export function driverFor(
  ctx: ServerContext,
  store: Pick<ImageStore, 'uuid' | 'image_provider_name' | 'url'>,
  details: Readonly<Record<string, string>>,
): StoreDriver {
  if (store.image_provider_name === 'S3') {
    const access = {
      endpoint: details.endpoint ?? '',
      bucket: details.bucket ?? '',
      accessKey: details.accesskey ?? '',
      secretKey: details.secretkey ?? '',
      https: details.usehttps !== 'false',
    }
    return s3Store(access, ctx.runtime)
  }
  if (isOwn(store)) return directoryStore(ctx.dataDir, async () => undefined)
  const target = join(ctx.dataDir, 'stores', store.uuid)
  return directoryStore(target, () => mountExport(ctx, new URL(store.url), details['nfs.version'], target))
}
