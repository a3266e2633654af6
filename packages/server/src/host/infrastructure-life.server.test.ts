import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test as declareTest, describe, type TestContext } from 'node:test'
import type { Handlers } from '@altostack/agent-api'
import { agentFailure, systemRuntime } from '@altostack/core'
import {
  ask,
  type Credentials,
  joinByToken,
  startTestAgent,
  type TestAgent,
  testFacts,
} from '../agents/testing/test-agent.ts'
import { ensureTemplateOnPool } from '../template/index.ts'
import { type DatabaseKind, databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, startTestServer, type TestServer } from '../testing/test-server.ts'

const runtime = systemRuntime()
describe('zones, pods, clusters and hosts', () => {
  after(stopTestDatabases)

  /** Each test runs on both databases; what the machine lacks is skipped with its reason. */
  function test(name: string, body: (database: DatabaseKind, t: TestContext) => Promise<void>): void {
    for (const kind of databaseKinds) {
      declareTest(`${name} (${kind})`, { skip: databaseMissing(kind) ?? false }, (t) => body(kind, t))
    }
  }

  async function until(what: string, check: () => Promise<boolean> | boolean, timeoutMs = 8000): Promise<void> {
    const ends = runtime.monotonic() + timeoutMs
    while (!(await check())) {
      if (runtime.monotonic() > ends) assert.fail(`it never came true: ${what}`)
      await runtime.sleep(20)
    }
  }

  type Place = { readonly zone: string; readonly pod: string; readonly cluster: string }

  async function createPlace(s: TestServer, extra: Record<string, string> = {}): Promise<Place> {
    const zone = await s.call('createZone', {
      name: 'z1',
      dns1: '10.0.0.1',
      internaldns1: '10.0.0.1',
      networktype: 'Advanced',
      ...extra,
    })
    const zoneid = zone.zone.id as string
    const pod = await s.call('createPod', {
      name: 'p1',
      zoneid,
      gateway: '10.9.8.1',
      netmask: '255.255.255.0',
      startip: '10.9.8.2',
    })
    const podid = pod.pod.id as string
    const added = await s.call('addCluster', {
      zoneid,
      podid,
      clustername: 'c1',
      clustertype: 'CloudManaged',
      hypervisor: 'Simulator',
    })
    return { zone: zoneid, pod: podid, cluster: added.cluster[0].id }
  }

  type Host = { readonly id: string; readonly agent: TestAgent; readonly credentials: Credentials }

  async function addAgent(
    s: TestServer,
    place: Place,
    name: string,
    handlers: Partial<Handlers<'agent'>> = {},
  ): Promise<Host> {
    const { jointoken } = await s.call('createJoinToken', { clusterid: place.cluster, hosttags: 'fast,ssd' })
    const token = JSON.parse(Buffer.from(jointoken.token, 'base64url').toString('utf8'))
    const port = s.server.ports.agent
    const { answer, joined } = await joinByToken(port, token, `machine-${name}`, name)
    assert.equal(answer.status, 200, answer.body)
    const agent = startTestAgent({
      port,
      credentials: joined,
      hostUuid: joined.hostUuid,
      facts: testFacts(`machine-${name}`, { hostname: name }),
      handlers,
    })
    await until(`${name} Up`, async () => (await hostOf(s, joined.hostUuid))?.state === 'Up')
    return { id: joined.hostUuid, agent, credentials: joined }
  }

  async function hostOf(s: TestServer, id: string): Promise<Body> {
    return (await s.call('listHosts', { id }).catch(() => ({}))).host?.[0]
  }

  test('hosts by the API: token, list, change, reconnect, delete', async (database) => {
    const s = await startTestServer({ database, agents: true })
    const stops: (() => void)[] = []
    try {
      const place = await createPlace(s)
      const removed: boolean[] = []
      const host = await addAgent(s, place, 'node1', {
        'host.remove': ({ forget }) => {
          removed.push(forget)
          return {}
        },
      })
      stops.push(host.agent.stop)
      const tokens = await s.call('listJoinTokens')
      assert.equal(tokens.jointoken[0].hostname, 'node1')
      assert.equal(tokens.jointoken[0].token, undefined)
      const { jointoken: own } = await s.call('createJoinToken', { hostid: host.id })
      assert.deepEqual([own.hostname, own.clusterid, own.used], ['node1', place.cluster, undefined])
      assert.equal((await s.call('listJoinTokens', { id: own.id })).jointoken[0].hostid, host.id)
      await assert.rejects(s.call('createJoinToken', {}), { errorcode: 431 })
      const view = await hostOf(s, host.id)
      assert.equal(view.resourcestate, 'Enabled')
      assert.equal(view.hosttags, 'fast,ssd')
      assert.equal(view.memorytotal, 8 * 1024 ** 3)
      assert.equal(view.cpuwithoverprovisioning, '8000')
      assert.equal(view.details['Host.OS'], 'Debian GNU/Linux')
      assert.equal((await s.call('listHosts', { clusterid: place.cluster, state: 'Down' })).host, undefined)
      const changed = await s.call('updateHost', {
        id: host.id,
        allocationstate: 'Disable',
        hosttags: 'slow',
        annotation: 'memory is bad',
        name: 'node-one',
      })
      assert.equal(changed.host.resourcestate, 'Disabled')
      assert.equal(changed.host.hosttags, 'slow')
      assert.equal(changed.host.annotation, 'memory is bad')
      assert.equal((await s.call('updateHost', { id: host.id, allocationstate: 'Enable' })).host.name, 'node-one')
      const again = await s.run('reconnectHost', { id: host.id })
      assert.equal(again.host.state, 'Up')
      await assert.rejects(s.call('deleteHost', { id: host.id }), { errorcode: 431 })
      await s.call('deleteHost', { id: host.id, forced: true })
      assert.equal((await s.call('listHosts')).host, undefined)
      assert.deepEqual(removed, [true])
      const answer = await ask(s.server.ports.agent, '/renew', { method: 'POST', body: {} }, host.credentials)
      assert.match(answer.body, /agent\.certificate-revoked/)
    } finally {
      for (const stop of stops) stop()
      await s.stop()
    }
  })

  test('storage by the API: every host must see the marker; other protocols are refused by name', async (database) => {
    const s = await startTestServer({ database, agents: true })
    const stops: (() => void)[] = []
    try {
      const place = await createPlace(s, { localstorageenabled: 'true' })
      const creates: boolean[] = []
      let sees = true
      const first = await addAgent(s, place, 'node1', {
        'pool.attach': ({ create, pool }) => {
          if (pool.type === 'SharedMountPoint') creates.push(create)
          return { capacityBytes: 1000, usedBytes: 10, availableBytes: 990 }
        },
        'pool.detach': () => ({}),
      })
      const second = await addAgent(s, place, 'node2', {
        'pool.attach': ({ create, pool }) => {
          if (pool.type === 'SharedMountPoint') creates.push(create)
          if (!sees && !create) throw agentFailure('pool.marker', 'no marker', { seen: '/mnt/p is empty' })
          return { capacityBytes: 1000, usedBytes: 10, availableBytes: 990 }
        },
        'pool.detach': () => ({}),
      })
      stops.push(first.agent.stop, second.agent.stop)
      const local = await s.call('listStoragePools', { scope: 'HOST' })
      assert.equal(local.count, 2)
      assert.equal(local.storagepool[0].type, 'Filesystem')
      assert.equal(local.storagepool[0].state, 'Up')
      const params = { zoneid: place.zone, podid: place.pod, clusterid: place.cluster, name: 'primary1' }
      await assert.rejects(s.call('createStoragePool', { ...params, url: 'rbd://u:s@mon/pool' }), { errorcode: 431 })
      const url = 'SharedMountPoint://localhost/mnt/p'
      sees = false
      await assert.rejects(s.call('createStoragePool', { ...params, url }), /node2: no marker/)
      assert.equal((await s.call('listStoragePools', { name: 'primary1' })).storagepool, undefined)
      sees = true
      creates.length = 0
      const made = (await s.call('createStoragePool', { ...params, url, tags: 'a,b' })).storagepool
      assert.deepEqual(creates.sort(), [false, true])
      assert.equal(made.state, 'Up')
      assert.equal(made.disksizetotal, 1000)
      assert.equal(made.tags, 'a,b')
      assert.equal(made.overprovisionfactor, '2')
      await assert.rejects(s.call('createStoragePool', { ...params, name: 'twice', url }), { errorcode: 431 })
      assert.equal((await s.call('listStoragePools', { hostid: second.id })).count, 2)
      await s.call('deleteStoragePool', { id: made.id })
      assert.equal((await s.call('listStoragePools', { name: 'primary1' })).storagepool, undefined)
    } finally {
      for (const stop of stops) stop()
      await s.stop()
    }
  })

  test('NFS of a whole zone: hosts of every cluster mount it by the server and export of its url, and its details', async (database) => {
    const s = await startTestServer({ database, agents: true })
    const stops: (() => void)[] = []
    try {
      const place = await createPlace(s)
      const attached: string[] = []
      const released: unknown[] = []
      const host = async (name: string): Promise<void> => {
        const { agent } = await addAgent(s, place, name, {
          'pool.attach': ({ pool, access, create }) => {
            attached.push(`${name} ${create} ${pool.path} ${JSON.stringify(pool.source)} ${JSON.stringify(access)}`)
            return { capacityBytes: 1000, usedBytes: 10, availableBytes: 990, notice: 'NFS 3' }
          },
          'pool.detach': ({ release }) => {
            released.push(release)
            return {}
          },
        })
        stops.push(agent.stop)
      }
      await host('node1')
      const params = { zoneid: place.zone, name: 'nfs1', url: 'nfs://nas/export/a', scope: 'ZONE' }
      await assert.rejects(s.call('createStoragePool', params), /needs hypervisor/)
      const whole = { ...params, hypervisor: 'Any', 'details[0].nfsmountopts': 'noatime' }
      await assert.rejects(s.call('createStoragePool', { ...whole, clusterid: place.cluster }), /neither podid/)
      await assert.rejects(s.call('createStoragePool', { ...whole, 'details[0].nfsmountopts': 'soft' }), /not allowed/)
      await assert.rejects(
        s.call('createStoragePool', { ...whole, url: 'SharedMountPoint://localhost/mnt/p' }),
        /for NFS pools only/,
      )
      await assert.rejects(s.call('createStoragePool', { ...params, scope: 'HOST' }), /CLUSTER or ZONE/)
      const made = (await s.call('createStoragePool', whole)).storagepool
      assert.equal(made.scope, 'ZONE')
      assert.equal(made.clusterid, undefined)
      assert.equal(made.path, '/export/a')
      assert.equal(made.ipaddress, 'nas')
      assert.deepEqual(made.details, { nfsmountopts: 'noatime' })
      const source = '{"kind":"nfs","server":"nas","port":2049,"export":"/export/a"}'
      const asked = (name: string, create: boolean): string =>
        `${name} ${create} /mnt/${made.id} ${source} {"mountOptions":"noatime"}`
      assert.deepEqual(attached, [asked('node1', true)])
      const alerts = (await s.call('listAlerts')).alert ?? []
      assert.ok(
        alerts.some((alert: { description: string }) => alert.description.includes('works, with a reservation')),
      )
      // A host that joins later mounts it before it is Up; it must find the marker.
      await host('node2')
      assert.deepEqual(attached.slice(1), [asked('node2', false)])
      assert.equal((await s.call('listStoragePools', { scope: 'ZONE' })).count, 1)
      await s.call('deleteStoragePool', { id: made.id })
      const kept = await s.ctx.db.selectFrom('storage_pool_details').selectAll().execute()
      assert.deepEqual(kept, [], 'a pool that is gone keeps no details, which may be secrets')
      assert.deepEqual(released, [true, true])
    } finally {
      for (const stop of stops) stop()
      await s.stop()
    }
  })

  test('templates by the API: fetched, checked, installed once a pool, listed by filter, deleted', async (database, t) => {
    const directory = mkdtempSync(join(tmpdir(), 'alto-template-'))
    try {
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(directory, 'a.qcow2'), '64M'])
    } catch {
      rmSync(directory, { recursive: true })
      return t.skip('qemu-img is not installed')
    }
    const bytes = readFileSync(join(directory, 'a.qcow2'))
    const web: Server = createServer((request, response) => {
      if (request.url === '/a.qcow2') return void response.end(bytes)
      if (request.url === '/page') return void response.end('<!DOCTYPE html>'.padEnd(600))
      response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
    const s = await startTestServer({
      database,
      agents: true,
      settings: { 'alto.fetch.allowed.cidrs': '127.0.0.1/32' },
    })
    const stops: (() => void)[] = []
    try {
      const place = await createPlace(s)
      const installs: string[] = []
      const removals: string[] = []
      const host = await addAgent(s, place, 'node1', {
        'template.install': ({ tokens }) => {
          installs.push(tokens.key)
          return { accepted: true }
        },
        'job.poll': async () => {
          await runtime.sleep(50)
          return { state: 'done', result: {} }
        },
        'template.remove': ({ templateUuid }) => {
          removals.push(templateUuid)
          return {}
        },
      })
      stops.push(host.agent.stop)
      const register = async (name: string, path: string, more: Record<string, string> = {}): Promise<Body> =>
        (
          await s.call('registerTemplate', {
            name,
            displaytext: name,
            url: base + path,
            format: 'QCOW2',
            hypervisor: 'Simulator',
            zoneid: '-1',
            ...more,
          })
        ).template[0]
      const find = async (id: string, filter = 'self'): Promise<Body> =>
        (await s.call('listTemplates', { id, templatefilter: filter }).catch(() => ({}))).template?.[0]
      const good = await register('good', '/a.qcow2', { ispublic: 'true', isfeatured: 'true' })
      assert.equal(good.isready, false)
      await until('ready', async () => (await find(good.id))?.isready === true)
      const ready = await find(good.id, 'featured')
      assert.equal(ready.status, 'Download Complete')
      assert.equal(ready.size, 64 * 1024 ** 2)
      assert.equal(ready.physicalsize, bytes.length)
      assert.equal(await find(good.id, 'community'), undefined)
      const page = await register('page', '/page')
      await until('error', async () => /web page/.test((await find(page.id))?.status ?? ''))
      const summed = await register('summed', '/a.qcow2', { checksum: `{SHA-256}${'0'.repeat(64)}` })
      await until('error', async () => /checksum/.test((await find(summed.id))?.status ?? ''))
      await assert.rejects(register('ftp', '', { url: 'ftp://x/y' }), { errorcode: 431 })

      const { storagepool } = await s.call('createStoragePool', {
        zoneid: place.zone,
        podid: place.pod,
        clusterid: place.cluster,
        name: 'primary1',
        url: 'SharedMountPoint://localhost/mnt/p',
      })
      const { db } = s.ctx
      const row = async (table: 'vm_template' | 'storage_pool' | 'host', uuid: string): Promise<number> =>
        (await db.selectFrom(table).select('id').where('uuid', '=', uuid).executeTakeFirstOrThrow()).id
      const wanted = {
        templateId: await row('vm_template', good.id),
        poolId: await row('storage_pool', storagepool.id),
        hostId: await row('host', host.id),
      }
      await Promise.all(
        [1, 2, 3].map((one) =>
          ensureTemplateOnPool(s.ctx, {
            ...wanted,
            tokens: { key: `run${one}/template`, runId: `run${one}`, runEpoch: 1, hostIncarnation: 1 },
          }),
        ),
      )
      assert.equal(installs.length, 1)
      const image = await ask(
        s.server.ports.agent,
        `/images/${good.id}`,
        { headers: { range: 'bytes=0-3' } },
        host.credentials,
      )
      assert.equal(image.status, 206)
      assert.equal(image.headers['content-range'], `bytes 0-3/${bytes.length}`)
      assert.equal((await ask(s.server.ports.agent, `/images/${good.id}`)).status, 403)

      await s.run('deleteTemplate', { id: good.id })
      assert.equal(await find(good.id), undefined)
      assert.deepEqual(removals, [good.id])
      assert.equal((await ask(s.server.ports.agent, `/images/${good.id}`, {}, host.credentials)).status, 404)
    } finally {
      for (const stop of stops) stop()
      await s.stop()
      web.close()
      rmSync(directory, { recursive: true })
    }
  })
})
