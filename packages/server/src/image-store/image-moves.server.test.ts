import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { qcow2 } from '../testing/hostile-images.ts'
import { type ImageSource, startImageSource, tinyIso } from '../testing/image-source.ts'
import { createModelHosts, type ModelHosts, modelImage } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { type S3TestServer, s3Keys, startS3 } from '../testing/s3-server.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, startTestServer, type TestServer } from '../testing/test-server.ts'
import { spentUploadsDuty } from '../volume/spent-uploads.duty.ts'
import { removeLeftoversDuty } from './remove-leftovers.duty.ts'

for (const kind of databaseKinds)
  describe(`images between stores on ${kind}`, skipWithout(kind), () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let source: ImageSource
    let s3: S3TestServer
    let own: string
    let osType: string
    let one: string
    let two: string
    let disc: string
    let snapshot: string
    let upload: string
    let template: string

    before(async () => {
      source = await startImageSource()
      s3 = await startS3(['one', 'two'])
      server = await startTestServer({ database: kind, settings: { 'alto.fetch.allowed.cidrs': '127.0.0.0/8' } })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(
        zone.hosts.map((host) => host.id),
        { dataDir: server.ctx.dataDir },
      )
      Object.assign(server.ctx, { agents: model.agents })
      // The template of the model is a row without a file.
      mkdirSync(join(server.ctx.dataDir, 'images'), { recursive: true })
      writeFileSync(join(server.ctx.dataDir, 'images', `${zone.template}.qcow2`), modelImage)
      const sha256 = createHash('sha256').update(modelImage).digest('hex')
      await server.ctx.db
        .updateTable('template_store_ref')
        .set({ sha256, physical_size: modelImage.length, install_path: `${zone.template}.qcow2` })
        .execute()
      osType = (await server.call('listOsTypes', { pagesize: 1, page: 1 })).ostype[0].id
      own = (await server.call('listImageStores', { provider: 'Server' })).imagestore[0].id
    })
    after(async () => {
      await server.stop()
      await source.stop()
      await s3.stop()
      await stopTestDatabases()
    })

    async function add(bucket: string, zoneid?: string): Promise<string> {
      const details = { accesskey: s3Keys.accessKey, secretkey: s3Keys.secretKey, usehttps: 'false' }
      const entries = Object.entries({ ...details, endpoint: s3.endpoint, bucket })
      const map = entries.flatMap(([key, value], at) => [
        [`details[${at}].key`, key],
        [`details[${at}].value`, value],
      ])
      const wish = { provider: 'S3', name: bucket, ...(zoneid === undefined ? {} : { zoneid }) }
      return (await server.call('addImageStore', { ...wish, ...Object.fromEntries(map) })).imagestore.id
    }
    /** Names of files without the part that is a run's own, and without the template of the model. */
    const plain = (names: readonly string[]): string[] =>
      names
        .map((name) => name.slice(0, 36))
        .filter((name) => name !== zone.template)
        .sort()
    const objects = (bucket: string, folder: string): string[] => plain(s3.objects(`${bucket}/${folder}`))
    const files = (folder: string): string[] => {
      const path = join(server.ctx.dataDir, folder)
      return existsSync(path) ? plain(readdirSync(path)) : []
    }
    async function fetched(command: string, key: string, id: string): Promise<Buffer> {
      const { url } = (await server.run(command, { id, zoneid: zone.zone, mode: 'HTTP_DOWNLOAD' }))[key]
      return Buffer.from(await (await fetch(`${server.url}${new URL(url).pathname}`)).arrayBuffer())
    }
    async function assertReadable(): Promise<void> {
      assert.deepEqual(await fetched('extractIso', 'iso', disc), tinyIso('disc'))
      assert.deepEqual(await fetched('extractSnapshot', 'snapshot', snapshot), modelImage)
      assert.deepEqual(await fetched('extractTemplate', 'template', template), modelImage)
    }
    const move = (from: string, to: string, what: Body): Promise<Body> =>
      server.run('migrateResourceToAnotherSecondaryStorage', { srcpool: from, destpool: to, ...what })
    const tidy = (): Promise<void> => removeLeftoversDuty.run(server.ctx)

    test('what is new goes to the store of its zone: disc, snapshot, template of it, uploaded volume', async () => {
      one = await add('one', zone.zone)
      source.images.set('disc.iso', tinyIso('disc'))
      const wish = { name: 'disc', displaytext: 'disc', url: source.url('disc.iso'), zoneid: zone.zone }
      disc = (await server.call('registerIso', wish)).iso[0].id
      const vm = (
        await server.run('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
        })
      ).virtualmachine
      const [root] = (await server.call('listVolumes', { virtualmachineid: vm.id })).volume
      snapshot = (await server.run('createSnapshot', { volumeid: root.id })).snapshot.id
      template = (
        await server.run('createTemplate', {
          name: 't',
          displaytext: 't',
          ostypeid: osType,
          zoneid: zone.zone,
          snapshotid: snapshot,
        })
      ).template.id
      source.images.set('data.qcow2', qcow2())
      const data = { name: 'in', format: 'QCOW2', url: source.url('data.qcow2'), zoneid: zone.zone }
      upload = (await server.run('uploadVolume', data)).volume.id
      for (
        let at = 0;
        at < 500 && !(await server.call('listIsos', { id: disc, isofilter: 'all' })).iso[0].isready;
        at++
      )
        await new Promise((resolve) => setTimeout(resolve, 20))
      assert.deepEqual(objects('one', 'images'), [disc, template].sort())
      assert.deepEqual([objects('one', 'snapshots'), objects('one', 'volumes')], [[snapshot], [upload]])
      assert.deepEqual([files('images'), files('snapshots'), files('volumes'), files('uploads')], [[], [], [], []])
      await assertReadable()
      const [seen] = (await server.call('listSnapshots', { imagestoreid: one })).snapshot
      assert.deepEqual([seen.id, seen.datastorename, seen.datastoretype], [snapshot, 'one', 'Image'])
      assert.equal((await server.call('listTemplates', { templatefilter: 'all', imagestoreid: one })).count, 1)
      assert.deepEqual(await server.call('listSnapshots', { imagestoreid: own }), {})
      await assert.rejects(server.call('deleteImageStore', { id: one }), refused(431, /holds images/))
      const listed = (await server.call('listImageStoreObjects', { id: one, path: '/snapshots' })).datastoreobject
      assert.deepEqual(
        listed.map((object: Body) => [object.snapshotid, object.size, object.format, object.leftover]),
        [[snapshot, modelImage.length, 'QCOW2', false]],
      )
      assert.equal((await server.call('listImageStoreObjects', { id: one })).count, 3)
      await assert.rejects(
        server.call('listImageStoreObjects', { id: one, path: '../../etc' }),
        refused(431, /no folder/),
      )
    })

    test('images move between S3 stores and the own one, and can be read all the time', async () => {
      two = await add('two')
      const both = { templates: `${disc},${template}`, snapshots: snapshot }
      const moved = (await move(one, two, both)).imagestore
      assert.deepEqual([moved.success, moved.message], [true, '3 image(s) moved from one to two'])
      await assertReadable()
      await tidy()
      assert.deepEqual([objects('one', 'images'), objects('one', 'snapshots')], [[], []])
      assert.deepEqual(objects('two', 'images'), [disc, template].sort())
      await assertReadable()
      await move(two, own, both)
      await tidy()
      assert.deepEqual([objects('two', 'images'), objects('two', 'snapshots')], [[], []])
      assert.deepEqual([files('images'), files('snapshots')], [[disc, template].sort(), [snapshot]])
      assert.deepEqual(files('passing'), [])
      await assertReadable()
      const here = (await server.call('listImageStoreObjects', { id: own, path: 'images' })).datastoreobject
      assert.deepEqual(here.map((object: Body) => object.templateid).sort(), [disc, template, zone.template].sort())
      // Back again, under a name that the removal of the first one does not know.
      await move(own, one, { snapshots: snapshot })
      await move(one, own, { snapshots: snapshot })
      await tidy()
      await assertReadable()
      assert.deepEqual([files('snapshots'), objects('one', 'snapshots')], [[snapshot], []])
      // A template of a snapshot that is here, and of one that is far.
      const wish = { name: 'again', displaytext: 'again', ostypeid: osType, zoneid: zone.zone, snapshotid: snapshot }
      const near = (await server.run('createTemplate', wish)).template.id
      assert.deepEqual(await fetched('extractTemplate', 'template', near), modelImage)
      await server.run('deleteTemplate', { id: near })
    })

    test('what cannot go is named before anything moves', async () => {
      const asks = [
        [own, own, { snapshots: snapshot }, /already/],
        [one, two, { snapshots: snapshot }, /is not on image store one/],
        [own, one, {}, /Name what shall move/],
      ] as const
      for (const [from, to, what, text] of asks) {
        await assert.rejects(move(from, to, what), refused(431, text))
      }
      await server.call('updateImageStore', { id: one, readonly: true })
      await assert.rejects(move(own, one, { snapshots: snapshot }), refused(431, /read-only/))
      await server.call('updateImageStore', { id: one, readonly: false, capacitybytes: 10_000 })
      await assert.rejects(move(own, one, { templates: disc }), refused(431, /too little room/))
      const far = (
        await server.call('createZone', {
          name: 'far',
          dns1: '10.0.0.1',
          internaldns1: '10.0.0.1',
          networktype: 'Advanced',
        })
      ).zone.id
      await server.call('deleteImageStore', { id: two })
      two = await add('two', far)
      await assert.rejects(move(own, two, { snapshots: snapshot }), refused(431, /serves a zone/))
      await server.call('deleteImageStore', { id: two })
      two = await add('two')
      await assert.rejects(server.call('deleteImageStore', { id: own }), refused(431, /own image store/))
      assert.deepEqual([files('images'), files('snapshots')], [[disc, template].sort(), [snapshot]])
    })

    test('a store that goes away meanwhile: the image stays where it is, and nothing is left', async () => {
      s3.line = 'broken'
      await assert.rejects(
        move(own, two, { snapshots: snapshot }),
        refused(530, /1 of 1 images stay on image store server/),
      )
      assert.equal(objects('two', 'snapshots').length, 1)
      s3.line = 'whole'
      const [left] = (await server.call('listImageStoreObjects', { id: two, path: 'snapshots' })).datastoreobject
      assert.deepEqual([left.leftover, left.snapshotid], [true, undefined])
      await assertReadable()
      await tidy()
      assert.deepEqual([objects('two', 'snapshots'), files('snapshots')], [[], [snapshot]])
    })

    test('an image that is not what was stored does not move, and is named', async () => {
      await move(own, two, { snapshots: snapshot })
      await tidy()
      const [name] = s3.objects('two/snapshots')
      s3.overwrite(`two/snapshots/${name}`, Buffer.alloc(modelImage.length, 1))
      await assert.rejects(move(two, own, { snapshots: snapshot }), refused(530, /stay on image store two/))
      await tidy()
      assert.deepEqual([plain(s3.objects('two/snapshots')), files('snapshots'), files('passing')], [[snapshot], [], []])
      s3.overwrite(`two/snapshots/${name}`, modelImage)
      await move(two, own, { snapshots: snapshot })
    })

    test('a store is emptied onto others and can go; stores are filled alike', async () => {
      await server.call('updateImageStore', { id: one, capacitybytes: 10 ** 9 })
      const all = { srcpool: own, destpools: `${one},${two}` }
      await assert.rejects(
        server.run('migrateSecondaryStorageData', { ...all, destpools: own }),
        refused(431, /both the source/),
      )
      const half = (await server.run('migrateSecondaryStorageData', { ...all, migrationtype: 'balance' })).imagestore
      assert.equal(half.migrationtype, 'BALANCE')
      const done = (await server.run('migrateSecondaryStorageData', all)).imagestore
      assert.deepEqual([done.migrationtype, done.success], ['COMPLETE', true])
      await tidy()
      const names = new Set([disc, template])
      assert.deepEqual(
        files('images').filter((name) => names.has(name)),
        [],
      )
      assert.deepEqual(files('snapshots'), [])
      await assertReadable()
      assert.equal((await server.call('listImageStores', { id: own })).imagestore[0].readonly, true)
      await server.run('migrateSecondaryStorageData', { srcpool: one, destpools: two })
      await tidy()
      assert.deepEqual(objects('two', 'images'), [disc, template].sort())
      assert.deepEqual([objects('two', 'snapshots'), objects('two', 'volumes')], [[snapshot], [upload]])
      await server.call('deleteImageStore', { id: one })
      // Nothing takes new images now but the one that is left; when that is full as well, it is said.
      await server.call('updateImageStore', { id: two, readonly: true })
      source.images.set('late.iso', tinyIso('late'))
      const wish = { name: 'late', displaytext: 'late', url: source.url('late.iso'), zoneid: zone.zone }
      const { id } = (await server.call('registerIso', wish)).iso[0]
      for (let at = 0; ; at++) {
        const [seen] = (await server.call('listIsos', { id, isofilter: 'all' })).iso
        if (/No image store takes the image/.test(seen.status)) break
        assert.ok(at < 500, seen.status)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await server.call('updateImageStore', { id: two, readonly: false })
    })

    test('a volume is made of its image wherever that is; what is deleted leaves its store', async () => {
      const vm = (
        await server.run('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
        })
      ).virtualmachine
      await server.run('attachVolume', { id: upload, virtualmachineid: vm.id })
      await spentUploadsDuty.run(server.ctx)
      await server.run('deleteSnapshot', { id: snapshot })
      await server.run('deleteTemplate', { id: template })
      await server.run('deleteIso', { id: disc })
      await tidy()
      for (const folder of ['images', 'snapshots', 'volumes']) assert.deepEqual(objects('two', folder), [], folder)
      assert.deepEqual(await server.ctx.db.selectFrom('image_store_leftover').selectAll().execute(), [])
      assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
    })
  })
