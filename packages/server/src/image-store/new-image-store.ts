import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { storageFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import type { ImageStore } from './image-store.repository.ts'
import { driverFor, secretDetails, secretPurpose } from './store-of.ts'

export type StoreWish = {
  readonly provider: 'NFS' | 'S3'
  readonly name: string
  readonly url: string
  readonly details: Readonly<Record<string, string>>
}

const known = { NFS: ['nfs.version'], S3: ['accesskey', 'secretkey', 'endpoint', 'bucket', 'usehttps'] } as const

/** Reads what says where a store is. Throws 431 naming what is missing or not known. */
export function readStore(input: {
  readonly provider: string
  readonly name: string | undefined
  readonly url: string | undefined
  readonly details: Readonly<Record<string, string>>
}): StoreWish {
  const provider = (['NFS', 'S3'] as const).find((name) => name === input.provider.toUpperCase())
  const form = (text: string): Error => storageFailure('image-store.form', text)
  if (provider === undefined) {
    throw storageFailure('image-store.provider', `There is no image store provider ${input.provider}`, {
      seen: input.provider,
    })
  }
  const details = Object.fromEntries(Object.entries(input.details).map(([name, value]) => [name.toLowerCase(), value]))
  const stranger = Object.keys(details).find((name) => !(known[provider] as readonly string[]).includes(name))
  if (stranger !== undefined) throw form(`${provider} image stores have no detail ${stranger}`)
  if (provider === 'NFS') {
    const url = URL.canParse(input.url ?? '') ? new URL(input.url ?? '') : undefined
    if (url?.protocol !== 'nfs:' || url.hostname === '' || url.pathname.length < 2 || url.username !== '') {
      throw form('The url of an NFS image store is nfs://server/path')
    }
    if (details['nfs.version'] !== undefined && !/^[34](\.[0-2])?$/.test(details['nfs.version'])) {
      throw form('nfs.version is 3, 4, 4.1 or 4.2')
    }
    return { provider, name: input.name?.trim() || url.href, url: url.href, details }
  }
  for (const name of ['accesskey', 'secretkey', 'endpoint', 'bucket']) {
    if ((details[name] ?? '') === '') throw form(`An S3 image store needs the detail ${name}`)
  }
  const endpoint = (details.endpoint ?? '').replace(/^https?:\/\//, '').replace(/\/+$/, '')
  if (!/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(endpoint))
    throw form('endpoint is the host of the S3 server, with a port if need be')
  const bucket = details.bucket ?? ''
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/.test(bucket)) throw form('bucket is not the name of a bucket')
  const usehttps = details.usehttps ?? (/^http:/.test(details.endpoint ?? '') ? 'false' : 'true')
  const url = `${usehttps === 'false' ? 'http' : 'https'}://${endpoint}/${bucket}`
  return { provider, name: input.name?.trim() || url, url, details: { ...details, endpoint, usehttps } }
}

/** Writes an object, reads it back and removes it. Throws with what the store said. Answers the id of the store to be. */
export async function tryStore(ctx: ServerContext, wish: StoreWish): Promise<string> {
  const uuid = ctx.runtime.uuid()
  const driver = driverFor(ctx, { uuid, image_provider_name: wish.provider, url: wish.url }, wish.details)
  const bytes = Buffer.from(ctx.runtime.randomBytes(1024))
  const directory = await mkdtemp(join(ctx.dataDir, '.probe-'))
  try {
    const path = join(directory, 'probe')
    await writeFile(path, bytes)
    const name = `probe/${uuid}`
    const digest = { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    await driver.put(name, path, digest, AbortSignal.timeout(60_000))
    const back = await buffer(await driver.open(name, { start: 0, end: bytes.length - 1 }))
    await driver.remove(name)
    if (!back.equals(bytes)) {
      throw storageFailure('image-store.unreachable', 'The image store answers other bytes than were written', {
        seen: `${back.length} bytes`,
      })
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return uuid
}

/** Writes the store, which has been tried. */
export async function insertStore(
  tx: Tx,
  ctx: ServerContext,
  wish: StoreWish,
  uuid: string,
  zone: Row<'data_center'> | undefined,
): Promise<ImageStore> {
  const twin = await tx
    .selectFrom('image_store')
    .select('name')
    .where('url', '=', wish.url)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (twin !== undefined) throw storageFailure('image-store.form', `${wish.url} is image store ${twin.name} already`)
  const { insertId } = await tx
    .insertInto('image_store')
    .values({
      uuid,
      name: wish.name,
      image_provider_name: wish.provider,
      protocol: wish.provider.toLowerCase(),
      url: wish.url,
      data_center_id: zone?.id ?? null,
      scope: zone === undefined ? 'REGION' : 'ZONE',
      created: ctx.runtime.now(),
    })
    .executeTakeFirstOrThrow()
    .catch((error) => {
      if (!isUniqueViolation(error)) throw error
      throw storageFailure('image-store.form', 'The image store is being added already', { cause: error })
    })
  const storeId = Number(insertId)
  for (const [name, value] of Object.entries(wish.details)) {
    const secret = secretDetails.includes(name)
    await tx
      .insertInto('image_store_details')
      .values({
        store_id: storeId,
        name,
        value: secret ? null : value,
        sealed: secret ? ctx.secrets.seal(secretPurpose(name), value) : null,
      })
      .execute()
  }
  return await tx.selectFrom('image_store').selectAll().where('id', '=', storeId).executeTakeFirstOrThrow()
}
