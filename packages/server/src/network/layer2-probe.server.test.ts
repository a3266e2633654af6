import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { type Body, startTestServer, type TestServer } from '../testing/test-server.ts'
import { clustersShareNetwork } from './layer2-link.repository.ts'
import { probeLayer2, stationOf } from './layer2-probe.ts'

let s: TestServer
let zone: ModelZone
/** Wire of each host. */
const wires = new Map<number, string>()
const asked: number[] = []

describe('layer 2 probes', () => {
  before(async () => {
    s = await startTestServer()
    zone = await insertModelZone(s.ctx.db, s.ctx.runtime.uuid, { hosts: 3 })
    const model = createModelHosts(zone.hosts.map((host) => host.id))
    const standing = new Map<string, string>()
    const call = async (hostId: number, method: string, params: Body): Promise<unknown> => {
      assert.equal(method, 'network.probe')
      asked.push(hostId)
      const wire = wires.get(hostId) ?? 'lan'
      standing.set(params.station.mac, wire)
      const shared = (mac: string): boolean => standing.get(mac) === wire
      return {
        answers: params.ask.map(({ address, mac }: Body) => ({ address, shared: shared(mac), seen: `asked ${mac}` })),
      }
    }
    Object.assign(s.ctx, { agents: { ...model.agents, call } })
    const { id: _, ...cluster } = await s.ctx.db.selectFrom('cluster').selectAll().executeTakeFirstOrThrow()
    const made = await s.ctx.db
      .insertInto('cluster')
      .values({ ...cluster, uuid: s.ctx.runtime.uuid(), name: 'cluster2' })
      .executeTakeFirstOrThrow()
    await s.ctx.db
      .updateTable('host')
      .set({ cluster_id: Number(made.insertId) })
      .where('id', '=', zone.hosts[2]?.id ?? 0)
      .execute()
  })
  after(() => s?.stop())

  test('stations of hosts differ', () => {
    const many = Array.from({ length: 70_000 }, (_, id) => stationOf(id + 1))
    assert.equal(new Set(many.map(({ mac }) => mac)).size, many.length)
    for (const { address } of [many[0], many[254], many[65_023], many[69_999]].flatMap((one) => one ?? [])) {
      assert.match(address, /^169\.254\.(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])\.\d+$/)
    }
  })

  test('what a new host saw is kept with its evidence: its own cluster and the other of the pod', async () => {
    const [one, two, three] = zone.hosts.map((host) => host.id)
    assert.ok(one && two && three)
    wires.set(three, 'elsewhere')
    await probeLayer2(s.ctx, one)
    const links = async (): Promise<Body[]> => (await s.call('listLayer2Links')).layer2link ?? []
    assert.deepEqual(
      (await links()).map((link) => [link.clustername, link.otherclustername, link.shared]),
      [
        ['cluster1', 'cluster1', true],
        ['cluster1', 'cluster2', false],
      ],
    )
    assert.match((await links())[1].seen, /^kvm1 asked kvm3 on cloudbr0: asked 02:a1:70:/)
    const fact = await clustersShareNetwork(s.ctx.db, 2, 1, 'cloudbr0')
    assert.deepEqual([fact?.shared, await clustersShareNetwork(s.ctx.db, 1, 2, 'other')], [false, undefined])

    // The rows of the zone are old: a host that comes back within the hour asks nothing.
    const before = asked.length
    await probeLayer2(s.ctx, one)
    assert.equal(asked.length, before)
    // A new one does; it is plugged into the wrong switch port.
    await s.ctx.db.updateTable('host').set({ created: s.ctx.runtime.now() }).where('id', '=', two).execute()
    wires.set(two, 'wrong port')
    await probeLayer2(s.ctx, two)
    assert.equal((await links())[0].shared, false)
    const alerts = async (): Promise<Body[]> =>
      ((await s.call('listAlerts', { keyword: 'layer 2' })).alert ?? []).filter((one: Body) =>
        /kvm2 and kvm1/.test(one.name + one.description),
      )
    assert.equal((await alerts()).length, 1)
    await probeLayer2(s.ctx, two)
    assert.equal((await alerts()).length, 1, 'told once')
    wires.delete(two)
    await probeLayer2(s.ctx, two)
    assert.equal((await links())[0].shared, true)
  })
})
