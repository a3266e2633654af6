import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expandRanges, rangesDigest } from '@altostack/agent-api'
import { createModelHosts, type ModelHosts, type Told } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { guestNetworkListener } from './guest-network.listener.ts'
import { hostAddresses } from './host-state.ts'
import { protectHost } from './protection.ts'

let server: TestServer
let zone: ModelZone
let model: ModelHosts
let hosts: readonly [number, number, number]

before(async () => {
  server = await startTestServer()
  const { db, runtime } = server.ctx
  zone = await insertModelZone(db, runtime.uuid, { hosts: 3 })
  model = createModelHosts(zone.hosts.map((host) => host.id))
  Object.assign(server.ctx, { agents: model.agents })
  hosts = zone.hosts.map((host) => host.id) as unknown as typeof hosts
})
after(() => server?.stop())

const protectedOf = (hostId: number): Told[] =>
  model.told.filter((one) => one.hostId === hostId && one.wanted.protectedAddresses !== undefined)

async function comes(id: number, protectedDigest: string, hasGuests = false): Promise<void> {
  const row = await server.ctx.db.selectFrom('host').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const host = { id, uuid: row.uuid, incarnation: 1, row }
  await guestNetworkListener.arrive?.(server.ctx, { ...host, protectedDigest, hasGuests })
  await guestNetworkListener.up?.(server.ctx, id)
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let at = 0; at < 200 && !holds(); at++) await server.ctx.runtime.sleep(50)
  assert.ok(holds(), what)
}

/** Time in which the duty tells what is urgent: it gathers hosts for a second. */
const settle = (): Promise<void> => server.ctx.runtime.sleep(1500)
/** A host is found at another address: the digests of all others are old. */
const move = async (id: number, address: string): Promise<void> =>
  void (await server.ctx.db.updateTable('host').set({ private_ip_address: address }).where('id', '=', id).execute())
const deploy = (hostId: number) =>
  server.run('deployVirtualMachine', {
    serviceofferingid: zone.offering,
    templateid: zone.template,
    zoneid: zone.zone,
    hostid: zone.hosts.find((one) => one.id === hostId)?.uuid ?? '',
  })

test('hosts that come back with the addresses that there are, and without guests, are told nothing', async () => {
  const ranges = await hostAddresses(server.ctx.db)
  assert.deepEqual(ranges, ['10.0.1.1-10.0.1.3'])
  for (const id of hosts) await comes(id, rangesDigest(ranges))
  await settle()
  assert.deepEqual(model.told, [])
})

test('a host without guests is told new addresses before its first guest starts, and no guest starts where it cannot be', async () => {
  const [one, two, three] = hosts
  await move(three, '10.0.1.77')
  await comes(three, '')
  await settle()
  model.trouble({ method: 'network.apply', hostId: two, how: 'refuse', times: 10 })
  await comes(two, 'old')
  await assert.rejects(deploy(two), /the host refuses|nsufficient|vm.start/)
  assert.ok(!model.calls.includes(`vm.start@${two}`), model.calls.join())
  assert.equal(model.calls.filter((call) => call.startsWith('vm.start')).length, 0)
  model.calm()

  const { virtualmachine: vm } = await deploy(one)
  const started = model.calls.indexOf(`vm.start@${one}`)
  const told = protectedOf(one).find(({ before }) => before <= started)
  assert.ok(started >= 0 && told !== undefined, JSON.stringify(model.told))
  assert.deepEqual(expandRanges(told.wanted.protectedAddresses ?? []), ['10.0.1.1', '10.0.1.2', '10.0.1.77'])
  // Known by now: the next guest costs no more words.
  const before = protectedOf(one).length
  const { virtualmachine: second } = await deploy(one)
  assert.equal(protectedOf(one).length, before)
  await server.run('destroyVirtualMachine', { id: second.id, expunge: true })

  // It has a guest: another host's address reaches it at once.
  await move(two, '10.0.1.99')
  await comes(two, '')
  await until('the host with the guest is told', () => protectedOf(one).length > before)
  assert.deepEqual(protectedOf(one).at(-1)?.wanted.protectedAddresses, ['10.0.1.1', '10.0.1.77', '10.0.1.99'])

  // A migration brings it to a host that does not know.
  await comes(two, '')
  const early = model.calls.length
  await server.run('migrateVirtualMachine', { virtualmachineid: vm.id, hostid: zone.hosts[1]?.uuid ?? '' })
  const prepared = model.calls.indexOf(`vm.migration.prepare@${two}`, early)
  assert.ok(prepared >= 0 && protectedOf(two).some(({ before }) => before >= early && before <= prepared))
})

test('a host that comes with guests that nobody knows is told at once', async () => {
  const [, , three] = hosts
  model.told.length = 0
  await comes(three, 'another', true)
  await until('it is told', () => protectedOf(three).length > 0)
  assert.equal(protectedOf(three)[0]?.wanted.complete, true)
})

test('a host that a guest is on its way to is told of a new host at once', async () => {
  const [one, , three] = hosts
  await comes(three, 'old')
  await protectHost(server.ctx, three)
  const before = protectedOf(three).length
  await move(one, '10.0.1.111')
  await comes(one, '')
  await until('it is told before its guest is there', () => protectedOf(three).length > before)
  assert.ok(protectedOf(three).at(-1)?.wanted.protectedAddresses?.includes('10.0.1.111'))
})

test('hosts that lag behind are told in the end', { timeout: 30_000 }, async () => {
  const [, , three] = hosts
  await comes(three, 'old')
  model.told.length = 0
  await until('it is told without a guest', () => protectedOf(three).length > 0)
})
