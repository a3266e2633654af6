import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { qcow2 } from '../testing/hostile-images.ts'
import { type ImageSource, startImageSource, tinyIso } from '../testing/image-source.ts'
import { createModelHosts, type ModelHosts, modelImage } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, type Params, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'
import { spentUploadsDuty } from '../volume/spent-uploads.duty.ts'
import { abandonUploadsDuty } from './abandon-uploads.duty.ts'
import { expireLinksDuty } from './expire-links.duty.ts'

const GIB = 1024 ** 3

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

for (const kind of databaseKinds)
  describe(`images in and out on ${kind}`, skipWithout(kind), () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let source: ImageSource
    let tenant: TestAccount
    let offering: string
    before(async () => {
      source = await startImageSource()
      server = await startTestServer({ database: kind, settings: { 'alto.fetch.allowed.cidrs': '127.0.0.0/8' } })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(
        zone.hosts.map((host) => host.id),
        { dataDir: server.ctx.dataDir },
      )
      Object.assign(server.ctx, { agents: model.agents })
      tenant = await server.addAccount('tenant', 'User')
      offering = (await server.call('createDiskOffering', { name: 'free', displaytext: 'free', customized: true }))
        .diskoffering.id
    })
    after(async () => {
      await server.stop()
      await source.stop()
      await stopTestDatabases()
    })

    /** The link as this server has it: endpoint.url names another port. */
    const local = (url: string): string => `${server.url}${new URL(url).pathname}`
    const download = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(local(url), { headers })
    const files = (folder: string): string[] => {
      const path = join(server.ctx.dataDir, folder)
      return existsSync(path) ? readdirSync(path) : []
    }
    async function listed(
      command: string,
      key: string,
      params: Params,
      wanted: (seen: Body) => boolean,
    ): Promise<Body> {
      for (let attempt = 0; attempt < 500; attempt++) {
        const [seen] = (await server.call(command, params))[key] ?? []
        if (seen !== undefined && wanted(seen)) return seen
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return assert.fail(`${command} ${JSON.stringify((await server.call(command, params))[key])}`)
    }
    async function iso(name: string, params: Params = {}): Promise<Body> {
      source.images.set(`${name}.iso`, tinyIso(name))
      const asked = { name, displaytext: name, url: source.url(`${name}.iso`), zoneid: zone.zone, ...params }
      const made = (await server.call('registerIso', asked)).iso[0]
      return listed('listIsos', 'iso', { id: made.id, isofilter: 'all' }, (seen) => seen.isready)
    }

    test('a link gives the image whole and in ranges, to whoever has it, until it expires', async () => {
      const made = await iso('linked', { ispublic: true })
      const extract = { id: made.id, mode: 'HTTP_DOWNLOAD', zoneid: zone.zone }
      await assert.rejects(server.run('extractIso', extract, tenant), refused(531, /may not be downloaded/))
      await assert.rejects(server.run('extractTemplate', extract), refused(431, /is an ISO/))
      await assert.rejects(server.run('extractIso', { ...extract, mode: 'FTP_UPLOAD' }), refused(431, /HTTP_DOWNLOAD/))
      await server.call('updateIsoPermissions', { id: made.id, isextractable: true })
      const link = (await server.run('extractIso', extract, tenant)).iso
      assert.deepEqual(
        [link.id, link.state, link.extractMode, link.accountid, link.size],
        [made.id, 'DOWNLOAD_URL_CREATED', 'HTTP_DOWNLOAD', tenant.accountUuid, 40 * 2048],
      )
      const whole = Buffer.from(await (await download(link.url)).arrayBuffer())
      assert.deepEqual(whole, tinyIso('linked'))
      assert.equal(link.checksum, `{SHA-256}${sha256(whole)}`)
      const part = await download(link.url, { range: 'bytes=32769-32773' })
      assert.deepEqual([part.status, await part.text()], [206, 'CD001'])
      assert.equal((await download(link.url, { range: 'bytes=999999-' })).status, 416)
      assert.equal((await download(`${server.url}/client/download/${'x'.repeat(43)}/a`)).status, 404)
      await server.call('updateConfiguration', { name: 'disable.extraction', value: 'true' })
      await assert.rejects(server.run('extractIso', extract, tenant), refused(531, /disabled/))
      await server.call('updateConfiguration', { name: 'disable.extraction', value: 'false' })
      await server.ctx.db.updateTable('image_link').set({ expires: 1 }).execute()
      assert.equal((await download(link.url)).status, 404)
      await expireLinksDuty.run(server.ctx)
      assert.deepEqual(await server.ctx.db.selectFrom('image_link').selectAll().execute(), [])
    })

    test('a volume at rest is copied out; the copy goes with its link; a failure leaves nothing', async () => {
      const { volume } = await server.run('createVolume', {
        name: 'out',
        diskofferingid: offering,
        size: 1,
        zoneid: zone.zone,
        storageid: zone.pool.uuid,
      })
      const extract = { id: volume.id, zoneid: zone.zone, mode: 'HTTP_DOWNLOAD' }
      await assert.rejects(server.run('extractVolume', extract, tenant), refused(531, /may not/))
      const link = (await server.run('extractVolume', extract)).volume
      assert.equal(link.state, 'DOWNLOAD_URL_CREATED')
      assert.deepEqual(Buffer.from(await (await download(link.url)).arrayBuffer()), modelImage)
      assert.equal(files('exports').length, 1)
      assert.equal((await server.call('listVolumes', { id: volume.id })).volume[0].state, 'Ready')
      model.corrupt = true
      await assert.rejects(server.run('extractVolume', extract), refused(534, /arrived changed/))
      model.corrupt = false
      assert.equal((await server.call('listVolumes', { id: volume.id })).volume[0].state, 'Ready')
      await server.ctx.db.updateTable('image_link').set({ expires: 1 }).execute()
      await expireLinksDuty.run(server.ctx)
      assert.deepEqual([files('exports'), files('uploads')], [[], []])
      assert.deepEqual([...(model.files.get(zone.pool.uuid) ?? [])], [volume.id])
      assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
    })

    test('a volume is made of an image from the web, and brought to a pool when it is attached', async () => {
      source.images.set('data.qcow2', qcow2())
      const wish = { name: 'in', format: 'QCOW2', url: source.url('data.qcow2'), zoneid: zone.zone }
      await assert.rejects(
        server.run('uploadVolume', { ...wish, checksum: `{SHA-256}${'0'.repeat(64)}` }),
        refused(530, /checksum/),
      )
      const checksum = `{SHA-256}${sha256(qcow2())}`
      const { volume } = await server.run('uploadVolume', { ...wish, checksum, diskofferingid: offering })
      assert.deepEqual([volume.state, volume.size, volume.storage], ['Uploaded', GIB, undefined])
      assert.deepEqual(files('volumes'), [`${volume.id}.qcow2`])
      const vm = (
        await server.run('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
        })
      ).virtualmachine
      model.trouble({ method: 'volume.fetch', how: 'half' })
      await assert.rejects(server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id }))
      const back = (await server.call('listVolumes', { id: volume.id })).volume[0]
      assert.deepEqual([back.state, back.virtualmachineid, back.storage], ['Uploaded', undefined, undefined])
      const attached = (await server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id })).volume
      assert.deepEqual([attached.state, attached.storageid], ['Ready', zone.pool.uuid])
      assert.ok(model.plugged.has(`${vm.instancename}/${volume.id}`))
      await spentUploadsDuty.run(server.ctx)
      assert.deepEqual(files('volumes'), [])
      const second = (await server.run('uploadVolume', { ...wish, name: 'gone' })).volume
      await server.call('deleteVolume', { id: second.id })
      await spentUploadsDuty.run(server.ctx)
      assert.deepEqual(files('volumes'), [])
      await server.run('stopVirtualMachine', { id: vm.id })
      const third = (await server.run('uploadVolume', { ...wish, name: 'late' })).volume
      assert.equal((await server.run('attachVolume', { id: third.id, virtualmachineid: vm.id })).volume.state, 'Ready')
      await server.run('startVirtualMachine', { id: vm.id })
      assert.ok(model.specs.get(vm.instancename)?.disks.some((disk) => disk.volumeUuid === third.id))
    })

    type Announced = { id: string; postURL: string; signature: string; metadata: string; expires: string }
    const announce = async (command: string, params: Params): Promise<Announced> =>
      (await server.call(command, { name: 'sent', zoneid: zone.zone, ...params })).getuploadparams
    const send = (to: Announced, body: FormData | Uint8Array, signature = to.signature): Promise<Response> =>
      fetch(local(to.postURL), {
        method: 'POST',
        body: body as never,
        headers: { 'X-signature': signature, 'X-metadata': to.metadata, 'X-expires': to.expires },
      })
    const form = (bytes: Buffer): FormData => {
      const data = new FormData()
      data.append('note', 'anything')
      data.append('file', new Blob([bytes as never]), 'disk.qcow2')
      return data
    }

    test('its owner sends the image: as a form or as the body, once, by the signature alone', async () => {
      const volume = await announce('getUploadParamsForVolume', { format: 'QCOW2' })
      assert.equal((await send(volume, form(qcow2()), 'wrong')).status, 401)
      assert.equal(
        (await send({ ...volume, postURL: volume.postURL.replace(volume.id, zone.zone) }, qcow2())).status,
        401,
      )
      assert.equal((await send(volume, new FormData())).status, 400)
      assert.equal((await send(volume, Buffer.alloc(0))).status, 400)
      assert.deepEqual(
        files('volumes').filter((name) => name.startsWith(volume.id)),
        [],
      )
      const answer = await send(volume, form(qcow2()))
      assert.equal(answer.status, 200, await answer.text())
      const seen = await listed('listVolumes', 'volume', { id: volume.id }, (one) => one.state === 'Uploaded')
      assert.equal(seen.size, GIB)
      assert.equal((await send(volume, qcow2())).status, 401)
      const template = await announce('getUploadParamsForTemplate', { format: 'QCOW2', hypervisor: 'KVM' })
      assert.equal((await send(template, qcow2())).status, 200)
      const filter = { id: template.id, templatefilter: 'self' }
      const ready = await listed('listTemplates', 'template', filter, (one) => one.isready)
      assert.equal(ready.checksum, `{SHA-256}${sha256(qcow2())}`)
      const disc = await announce('getUploadParamsForIso', { format: 'ISO' })
      assert.equal((await send(disc, form(tinyIso('sent')))).status, 200)
      await listed('listIsos', 'iso', { id: disc.id, isofilter: 'self' }, (one) => one.isready)
    })

    test('a sent image that is none is refused as a fetched one; one that never comes is given up', async () => {
      const volume = await announce('getUploadParamsForVolume', { format: 'QCOW2' })
      assert.equal((await send(volume, qcow2({ backing: '/etc/shadow' }))).status, 200)
      await listed('listVolumes', 'volume', { id: volume.id }, (one) => one.state === 'UploadError')
      await spentUploadsDuty.run(server.ctx)
      assert.ok(!files('volumes').some((name) => name.startsWith(volume.id)))
      const disc = await announce('getUploadParamsForIso', { format: 'ISO' })
      assert.equal((await send(disc, qcow2())).status, 200)
      const seen = await listed('listIsos', 'iso', { id: disc.id, isofilter: 'self' }, (one) =>
        /qcow2/.test(one.status),
      )
      assert.equal(seen.isready, false)
      const late = await announce('getUploadParamsForVolume', { format: 'QCOW2' })
      const never = await announce('getUploadParamsForTemplate', { format: 'QCOW2', hypervisor: 'KVM' })
      await server.ctx.db.updateTable('image_link').set({ expires: 1 }).execute()
      assert.equal((await send(late, qcow2())).status, 401)
      await abandonUploadsDuty.run(server.ctx)
      assert.equal((await server.call('listVolumes', { id: late.id })).volume[0].state, 'UploadAbandoned')
      await assert.rejects(server.call('listTemplates', { id: never.id, templatefilter: 'all' }), refused(431, /id/i))
    })

    test('a template is made available in more zones, and brought to pools beforehand', async () => {
      const made = await iso('spread')
      const two = (
        await server.call('createZone', {
          name: 'two',
          dns1: '10.0.0.1',
          internaldns1: '10.0.0.1',
          networktype: 'Advanced',
        })
      ).zone.id
      const copied = (await server.run('copyIso', { id: made.id, sourcezoneid: zone.zone, destzoneid: two })).template
      assert.equal(copied.zoneid, two)
      assert.equal((await server.call('listIsos', { id: made.id, isofilter: 'self' })).count, 2)
      await assert.rejects(server.run('copyIso', { id: made.id, destzoneids: two }), refused(431, /already/))
      await assert.rejects(server.run('copyTemplate', { id: made.id, destzoneid: two }), refused(431, /is an ISO/))
      assert.equal(model.files.get(zone.pool.uuid)?.has(made.id), false)
      const { template } = await server.call('prepareTemplate', { templateid: made.id, zoneid: zone.zone })
      assert.equal(template[0].id, made.id)
      assert.equal(model.files.get(zone.pool.uuid)?.has(made.id), true)
      assert.equal((await server.call('listIsos', { storageid: zone.pool.uuid, isofilter: 'all' })).iso[0].id, made.id)
    })
  })
