import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../../packages/server/src/testing/test-databases.ts'
import type { Body } from '../../packages/server/src/testing/test-server.ts'
import { type SimulatedZone, startSimulatedZone } from '../clients/environment.ts'

describe('filters of lists', () => {
  // Filters that are easily accepted and forgotten: each must change what a list answers.
  after(stopTestDatabases)
  for (const database of databaseKinds)
    describe(`filters of lists on ${database}`, { skip: databaseMissing(database) ?? false }, () => {
      let zone: SimulatedZone
      before(async () => {
        zone = await startSimulatedZone({ hosts: 1, database })
      })
      after(async () => {
        await zone?.stop()
      })

      for (const [command, key] of [
        ['listZones', 'zone'],
        ['listPods', 'pod'],
        ['listClusters', 'cluster'],
      ] as const) {
        test(`${command} shows capacities when asked`, async () => {
          assert.equal((await zone.server.call(command))[key][0].capacity, undefined)
          const shown = (await zone.server.call(command, { showcapacities: true }))[key][0]
          const memory = shown.capacity.find((one: Body) => one.name === 'MEMORY')
          const host = (await zone.server.call('listHosts', { type: 'Routing' })).host[0]
          assert.equal(memory.capacitytotal, host.memorytotal)
          assert.equal(memory[`${key}id`], shown.id)
        })
      }

      test('listServiceOfferings leaves out root disks that a template does not fit in', async () => {
        const size = { displaytext: 'd', cpunumber: 1, cpuspeed: 100, memory: 64 }
        await zone.server.call('createServiceOffering', { ...size, name: 'roomy', rootdisksize: 5 })
        const names = async (params: Record<string, string>): Promise<string[]> =>
          (await zone.server.call('listServiceOfferings', params)).serviceoffering.map((one: Body) => one.name)
        assert.ok((await names({ templateid: zone.template })).includes('roomy'))
        const { db } = zone.server.ctx
        await db
          .updateTable('template_store_ref')
          .set({ size: 6 * 1024 ** 3 })
          .execute()
        try {
          const fitting = await names({ templateid: zone.template })
          assert.ok(!fitting.includes('roomy') && fitting.includes('Small Test'), `${fitting}`)
        } finally {
          await db
            .updateTable('template_store_ref')
            .set({ size: 64 * 1024 ** 2 })
            .execute()
        }
      })

      test('offerings of a domain are shown to its accounts, and to those above when asked for below', async () => {
        const { server } = zone
        const domain = await server.addDomain('sales')
        const seller = await server.addAccount('seller', 'User', domain.id)
        const outsider = await server.addAccount('outsider', 'User')
        const size = { displaytext: 'd', cpunumber: 1, cpuspeed: 100, memory: 64 }
        await server.call('createServiceOffering', { ...size, name: 'sales only', domainid: domain.uuid })
        const sees = async (params: Record<string, string>, as = server.admin): Promise<boolean> =>
          (await server.call('listServiceOfferings', params, as)).serviceoffering.some(
            (one: Body) => one.name === 'sales only',
          )
        assert.equal(await sees({}, seller), true)
        assert.equal(await sees({}, outsider), false)
        assert.equal(await sees({ account: 'seller', domainid: domain.uuid }), true)
        assert.equal(await sees({ account: 'outsider' }), false)
        const root = (await server.call('listDomains', { level: 0 })).domain[0].id
        assert.equal(await sees({ domainid: root }), false)
        assert.equal(await sees({ domainid: root, isrecursive: 'true' }), true)
      })

      test('listDomains shows a domain administrator what is below with listall, and domains by an account', async () => {
        const { server } = zone
        const parent = await server.addDomain('north')
        await server.addDomain('oslo', parent.id)
        const below = await server.addDomain('deep', (await server.addDomain('bergen', parent.id)).id)
        const chief = await server.addAccount('chief', 'DomainAdmin', parent.id)
        const worker = await server.addAccount('worker', 'User', below.id)
        const names = async (params: Record<string, string>, as = server.admin): Promise<string[]> =>
          ((await server.call('listDomains', params, as)).domain ?? []).map((one: Body) => one.name).sort()
        assert.ok(!(await names({}, chief)).includes('deep'))
        assert.deepEqual(await names({ listall: 'true' }, chief), ['bergen', 'deep', 'north', 'oslo'])
        assert.deepEqual(await names({ account: worker.name, domainid: below.uuid }), ['deep'])
        assert.deepEqual(await names({ account: 'admin' }), ['ROOT'])
      })

      test('listAccounts counts what is used unless details says min', async () => {
        const of = async (params: Record<string, string>): Promise<Body> =>
          (await zone.server.call('listAccounts', { name: 'admin', ...params })).account[0]
        assert.equal((await of({})).vmtotal, 0)
        assert.equal((await of({ details: 'min' })).vmtotal, undefined)
      })

      test('what carries no tag is not found by one, what is shown is not found hidden', async () => {
        const tag = { 'tags[0].key': 'a', 'tags[0].value': 'b' }
        for (const command of ['listZones', 'listVirtualMachines', 'listVolumes', 'listNetworks', 'listDomains']) {
          assert.deepEqual(await zone.server.call(command, tag), {}, command)
        }
        assert.deepEqual(await zone.server.call('listOsTypes', { fordisplay: 'false' }), {})
      })
    })
})
