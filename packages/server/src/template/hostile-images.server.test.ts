import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type HostileImage, hostileImages, qcow2 } from '../testing/hostile-images.ts'
import { type ImageSource, startImageSource, tinyIso } from '../testing/image-source.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { type ApiCallError, type Body, type Params, startTestServer, type TestServer } from '../testing/test-server.ts'

/** Codes of the catalogue that say what is wrong with an image. */
const refusals = ['template.image', 'template.virtual-size', 'template.download']

describe('hostile images', () => {
  let server: TestServer
  let zone: ModelZone
  let source: ImageSource
  before(async () => {
    source = await startImageSource()
    const settings = {
      'alto.fetch.allowed.cidrs': '127.0.0.0/8',
      'max.account.templates': '-1',
      'max.account.volumes': '-1',
    }
    server = await startTestServer({ settings: { ...settings, 'storage.max.volume.upload.size': '50' } })
    zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 1 })
    for (const { name, bytes } of hostileImages) {
      source.images.set(`${name}.qcow2`, bytes)
      source.images.set(`${name}.iso`, bytes)
    }
  })
  after(async () => {
    await server.stop()
    await source.stop()
  })

  async function ended(command: 'listTemplates' | 'listIsos', id: string): Promise<Body> {
    const filter = command === 'listIsos' ? { isofilter: 'all' } : { templatefilter: 'all' }
    for (;;) {
      const answer = await server.call(command, { id, ...filter })
      const [seen] = command === 'listIsos' ? answer.iso : answer.template
      if (seen.isready || !/^(Waiting|Installing|\d+%)/.test(seen.status)) return seen
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  async function failureOf(id: string): Promise<string | undefined> {
    const moves = await server.ctx.db
      .selectFrom('change_feed')
      .select('cause')
      .where('entity_uuid', '=', id)
      .orderBy('id', 'desc')
      .limit(1)
      .execute()
    return moves[0]?.cause
  }
  const register = (command: string, params: Params): Promise<Body> =>
    server.call(command, { displaytext: 'x', zoneid: zone.zone, ...params })

  test('what is sound is taken by each door', async () => {
    source.images.set('good.qcow2', qcow2())
    source.images.set('good.iso', tinyIso('good'))
    const common = { name: 'good', format: 'QCOW2', hypervisor: 'KVM' }
    const { template } = await register('registerTemplate', { ...common, url: source.url('good.qcow2') })
    assert.equal((await ended('listTemplates', template[0].id)).status, 'Download Complete')
    const { iso } = await register('registerIso', { name: 'good', url: source.url('good.iso') })
    assert.equal((await ended('listIsos', iso[0].id)).status, 'Download Complete')
    const upload = { name: 'good', format: 'QCOW2', url: source.url('good.qcow2'), zoneid: zone.zone }
    assert.equal((await server.run('uploadVolume', upload)).volume.state, 'Uploaded')
  })

  test(`each of ${hostileImages.length} is refused as a template, by a code of the catalogue`, async () => {
    const offer = async ({ name }: HostileImage): Promise<void> => {
      const params = { name, format: 'QCOW2', hypervisor: 'KVM', url: source.url(`${name}.qcow2`) }
      const { template } = await register('registerTemplate', params)
      const seen = await ended('listTemplates', template[0].id)
      assert.equal(seen.isready, false, name)
      assert.ok(
        refusals.includes((await failureOf(seen.id)) ?? ''),
        `${name}: ${await failureOf(seen.id)} ${seen.status}`,
      )
    }
    await Promise.all(hostileImages.map(offer))
  })

  test('each is refused as an ISO', async () => {
    const offer = async ({ name }: HostileImage): Promise<void> => {
      const { iso } = await register('registerIso', { name, url: source.url(`${name}.iso`) })
      const seen = await ended('listIsos', iso[0].id)
      assert.equal(seen.isready, false, name)
      assert.ok(refusals.includes((await failureOf(seen.id)) ?? ''), `${name}: ${seen.status}`)
    }
    await Promise.all(hostileImages.map(offer))
  })

  test('each is refused as a volume, whose job says why and which leaves nothing', async () => {
    const offer = async ({ name }: HostileImage): Promise<void> => {
      const url = source.url(`${name}.qcow2`)
      await assert.rejects(
        server.run('uploadVolume', { name, format: 'QCOW2', url, zoneid: zone.zone }),
        (error: ApiCallError) => {
          assert.equal(error.errorcode, 530, `${name}: ${error.message}`)
          assert.match(error.message, /image|disk/i, name)
          return true
        },
      )
    }
    await Promise.all(hostileImages.map(offer))
    const left = await server.call('listVolumes', { listall: true })
    assert.deepEqual(
      left.volume?.map((one: Body) => one.name),
      ['good'],
    )
    assert.deepEqual(readdirSync(join(server.ctx.dataDir, 'volumes')), [`${left.volume[0].id}.qcow2`])
  })

  test('addresses that are none of the web, or lead to this machine by another name, are refused', async () => {
    for (const url of [
      'file:///etc/shadow.iso',
      'ftp://x/a.iso',
      'http://169.254.169.254/latest.iso',
      '/etc/shadow.iso',
    ]) {
      const params = { name: 'x', url }
      await register('registerIso', params).then(
        async ({ iso }) => assert.equal((await ended('listIsos', iso[0].id)).isready, false, url),
        (error: ApiCallError) => assert.equal(error.errorcode, 431, url),
      )
    }
    // A path in a name is a name: files are called by ids.
    const named = { name: '../../../tmp/evil', url: source.url('good.iso') }
    const { iso } = await register('registerIso', named)
    assert.equal((await ended('listIsos', iso[0].id)).isready, true)
    assert.ok(readdirSync(join(server.ctx.dataDir, 'images')).includes(`${iso[0].id}.iso`))
  })
})
