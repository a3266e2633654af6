import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ImageSource, startImageSource, tinyIso } from '../testing/image-source.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { type S3TestServer, s3Keys, startS3 } from '../testing/s3-server.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, startTestServer, type TestServer } from '../testing/test-server.ts'
import { removeLeftoversDuty } from './remove-leftovers.duty.ts'

for (const kind of databaseKinds)
  describe(`image stores on ${kind}`, skipWithout(kind), () => {
    let server: TestServer
    let zone: ModelZone
    let source: ImageSource
    let s3: S3TestServer
    before(async () => {
      source = await startImageSource()
      s3 = await startS3()
      server = await startTestServer({ database: kind, settings: { 'alto.fetch.allowed.cidrs': '127.0.0.0/8' } })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 1 })
    })
    after(async () => {
      await server.stop()
      await source.stop()
      await s3.stop()
      await stopTestDatabases()
    })

    const add = (over: Record<string, string> = {}): Promise<Body> => {
      const details = { accesskey: s3Keys.accessKey, secretkey: s3Keys.secretKey, bucket: 'images', usehttps: 'false' }
      const entries = Object.entries({ ...details, endpoint: s3.endpoint, ...over })
      const map = entries.flatMap(([key, value], at) => [
        [`details[${at}].key`, key],
        [`details[${at}].value`, value],
      ])
      return server.call('addImageStore', {
        provider: 'S3',
        name: 'bucket',
        zoneid: zone.zone,
        ...Object.fromEntries(map),
      })
    }
    /** Registers a disc and waits until it is there or is not to be had. */
    async function iso(name: string): Promise<Body> {
      source.images.set(`${name}.iso`, tinyIso(name))
      const url = source.url(`${name}.iso`)
      const made = (await server.call('registerIso', { name, displaytext: name, url, zoneid: zone.zone })).iso[0]
      for (;;) {
        const [seen] = (await server.call('listIsos', { id: made.id, isofilter: 'all' })).iso
        if (seen.isready || !/^(Waiting|Installing|\d+%)/.test(seen.status)) return seen
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const own = (): string[] => {
      const path = join(server.ctx.dataDir, 'images')
      return existsSync(path) ? readdirSync(path) : []
    }
    async function fetched(id: string): Promise<Buffer> {
      const { url } = (await server.run('extractIso', { id, mode: 'HTTP_DOWNLOAD' })).iso
      return Buffer.from(await (await fetch(`${server.url}${new URL(url).pathname}`)).arrayBuffer())
    }

    test('what cannot be reached or read is refused by its name, and nothing is kept of it', async () => {
      await assert.rejects(add({ accesskey: 'nobody' }), refused(530, /cannot be used/))
      await assert.rejects(add({ endpoint: '127.0.0.1:1' }), refused(530, /cannot be used/))
      await assert.rejects(add({ endpoint: 'http://a/b?c' }), refused(431, /endpoint/))
      await assert.rejects(add({ bucket: '' }), refused(431, /bucket/))
      await assert.rejects(add({ colour: 'red' }), refused(431, /colour/))
      const nfs = { provider: 'NFS', zoneid: zone.zone }
      await assert.rejects(
        server.call('addImageStore', { ...nfs, url: 'nfs://127.0.0.1:1/none' }),
        refused(530, /mounted/),
      )
      await assert.rejects(server.call('addImageStore', { ...nfs, url: '/srv' }), refused(431, /nfs:/))
      await assert.rejects(server.call('addSecondaryStorage', { url: 'smb://a/b' }), refused(431, /nfs:/))
      await assert.rejects(server.call('addImageStore', { provider: 'Swift' }), refused(431, /Swift/))
      assert.equal((await server.call('listImageStores')).count, 1)
    })

    test('images of its zone go there and are read through the server; it goes when it is empty', async () => {
      const { imagestore } = await add()
      assert.deepEqual(
        [imagestore.name, imagestore.providername, imagestore.protocol, imagestore.scope, imagestore.readonly],
        ['bucket', 'S3', 's3', 'ZONE', false],
      )
      assert.ok(!JSON.stringify(await server.call('listImageStores')).includes(s3Keys.secretKey))
      await assert.rejects(add(), refused(431, /already/))
      const kept = await iso('far')
      assert.equal(kept.isready, true, kept.status)
      assert.deepEqual(own(), [])
      assert.deepEqual(await fetched(kept.id), tinyIso('far'))
      const [store] = (await server.call('listImageStores', { name: 'bucket' })).imagestore
      assert.equal(store.disksizeused, 40 * 2048)
      assert.equal((await server.call('listIsos', { imagestoreid: store.id, isofilter: 'all' })).count, 1)
      await assert.rejects(server.call('deleteImageStore', { id: store.id }), refused(431, /holds images/))
      await server.call('updateImageStore', { id: store.id, readonly: true })
      const near = await iso('near')
      assert.deepEqual(own(), [`${near.id}.iso`])
      await server.call('updateImageStore', { id: store.id, readonly: false })
      assert.deepEqual(await fetched(kept.id), tinyIso('far'))
      await server.run('deleteIso', { id: kept.id })
      await server.call('deleteImageStore', { id: store.id })
      assert.equal((await server.call('listImageStores')).count, 1)
      const providers = (await server.call('listStorageProviders', { type: 'image' })).dataStoreProvider
      assert.deepEqual(
        providers.map((one: Body) => one.name),
        ['NFS', 'S3'],
      )
    })

    test('a store that goes away while an image is written: named with a fix, and what it has of it goes later', async () => {
      const { imagestore } = await add()
      const { ctx } = server
      const objects = (): string[] => s3.objects('images/images')
      const left = () => ctx.db.selectFrom('image_store_leftover').select(['object', 'seen']).execute()
      // The image arrives whole, and nobody hears of it.
      s3.line = 'broken'
      const lost = await iso('lost')
      assert.equal(lost.isready, false)
      assert.match(lost.status, /S3 server cannot be used: 127.0.0.1:\d+: .+\. .*try the export or bucket/)
      assert.equal(own().includes(`${lost.id}.iso`), false)
      assert.equal(objects().length, 1)
      await removeLeftoversDuty.run(ctx)
      const [one] = await left()
      assert.match(String(one?.seen), /127.0.0.1/)
      assert.deepEqual(
        await ctx.db
          .selectFrom('workflow_run')
          .select('id')
          .where('status', 'not in', ['succeeded', 'failed'])
          .execute(),
        [],
      )
      s3.line = 'whole'
      await removeLeftoversDuty.run(ctx)
      assert.deepEqual([objects(), await left()], [[], []])
      // A blip is not worth a word.
      s3.line = 'once'
      const kept = await iso('kept')
      assert.equal(kept.isready, true, kept.status)
      assert.deepEqual([objects().length, await left()], [1, []])
      // Deleted while its store is away: gone for its users at once, from the store when it is back.
      s3.line = 'broken'
      await server.run('deleteIso', { id: kept.id })
      assert.equal((await left()).length, 1)
      s3.line = 'whole'
      await removeLeftoversDuty.run(ctx)
      assert.deepEqual([objects(), await left()], [[], []])
      // A store that is lost for good goes with what it may still have.
      const last = await iso('last')
      s3.line = 'broken'
      await server.run('deleteIso', { id: last.id })
      assert.equal((await left()).length, 1)
      await server.call('deleteImageStore', { id: imagestore.id })
      assert.deepEqual(await left(), [])
      s3.line = 'whole'
    })
  })
