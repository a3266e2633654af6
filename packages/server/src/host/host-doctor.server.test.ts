import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hostChecks } from '@altostack/agent-api'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'

describe('the doctor', () => {
  after(stopTestDatabases)

  type Check = { readonly name: string; readonly status: string; readonly code?: string; readonly seen: string }

  for (const database of databaseKinds) {
    describe(`doctor on ${database}`, { skip: databaseMissing(database) ?? false }, () => {
      let server: TestServer
      let zone: ModelZone
      let model: ModelHosts
      const guards = new Map<number, readonly string[] | null>()

      before(async () => {
        server = await startTestServer({ database })
        zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 3 })
        await server.ctx.db.updateTable('host').set({ hypervisor_type: 'Simulator' }).execute()
        model = createModelHosts(zone.hosts.map((host) => host.id))
        const { call } = model.agents
        const trust = { caCertificate: '', caFingerprint: 'f', port: 8250, servers: async () => ['10.0.0.1:8250'] }
        Object.assign(server.ctx, {
          agents: {
            ...model.agents,
            trust: () => trust,
            async call(hostId: number, method: string, params: { names?: string[]; friends?: string[] | null }) {
              if (!model.agents.isConnected(hostId)) return await call(hostId, method as never, params as never)
              if (method === 'host.guard') guards.set(hostId, params.friends ?? null)
              else if (method !== 'host.check') return await call(hostId, method as never, params as never)
              const bad = (name: string): Check => ({ name, status: 'fail', code: `check.${name}`, seen: 'made so' })
              const names = hostChecks.filter(({ name }) => params.names?.includes(name)).map(({ name }) => name)
              return {
                checks: names.map((name) =>
                  name === 'mtu' ? { ...bad(name), fix: 'Raise it.' } : { name, status: 'ok', seen: '' },
                ),
                clock: server.ctx.runtime.now(),
              }
            },
          },
        })
      })
      after(async () => await server.stop())

      const host = (index: number) => zone.hosts[index] as ModelZone['hosts'][number]
      async function refused(command: string, params: Record<string, string | boolean>): Promise<ApiCallError> {
        return await server.run(command, params).then(
          () => assert.fail(`${command} was not refused`),
          (error: unknown) => {
            assert.ok(error instanceof ApiCallError, String(error))
            return error
          },
        )
      }

      test('listHostChecks is the table', async () => {
        const { count, hostcheck } = await server.call('listHostChecks', {})
        assert.equal(count, hostChecks.length)
        assert.deepEqual(hostcheck[0], {
          name: 'reachable',
          description: hostChecks[0]?.proves,
          code: 'host.unreachable',
          fix: hostcheck[0].fix,
          seenby: 'server',
          atjoin: false,
          atdoctor: true,
        })
        for (const check of hostcheck) assert.ok(check.fix, `${check.name} has no fix`)
        const { hostcheck: one } = await server.call('listHostChecks', { name: 'ring-buffers' })
        assert.deepEqual([one.length, one[0].repair, one[0].safe, one[0].restorable], [1, 'ring-buffers', true, true])
        assert.equal((await server.call('listHostChecks', { page: '2', pagesize: '10' })).hostcheck.length, 10)
      })

      test('a diagnosis: the worst counts, what failed is evidence and hides no cause of the status', async () => {
        const { hostdiagnosis } = await server.run('diagnoseHost', { id: host(0).uuid })
        assert.equal(hostdiagnosis.status, 'fail')
        const find = (name: string): Check => hostdiagnosis.check.find((check: Check) => check.name === name)
        assert.deepEqual(find('mtu'), {
          name: 'mtu',
          status: 'fail',
          code: 'check.mtu',
          seen: 'made so',
          fix: 'Raise it.',
          seenby: 'agent',
        })
        assert.equal(find('agent-link').status, 'ok')
        assert.equal(find('clock').status, 'ok')
        const { evidence } = await server.call('listEvidence', { resourceid: host(0).uuid })
        assert.equal(evidence[0].cause, 'host.diagnosed')
        assert.equal(
          evidence[0].evidence.checks.some((check: Check) => check.code === 'check.mtu'),
          true,
        )
        const only = await server.run('diagnoseHost', { id: host(0).uuid, checks: 'name,clock' })
        assert.deepEqual(
          only.hostdiagnosis.check.map(({ name }: Check) => name),
          ['clock', 'name'],
        )
        assert.equal(only.hostdiagnosis.status, 'ok')
      })

      test('a host that nothing reaches is answered for, with what is known', async () => {
        model.connect(host(2).id, false)
        const { hostdiagnosis } = await server.run('diagnoseHost', { id: host(2).uuid })
        const bad = hostdiagnosis.check.filter(({ status }: Check) => status !== 'ok')
        assert.deepEqual(
          bad.map(({ name }: Check) => name).filter((name: string) => name !== 'heartbeat'),
          ['reachable', 'agent-link'],
        )
        assert.ok(hostdiagnosis.milliseconds < 10_000)
        model.connect(host(2).id, true)
      })

      test('names that are none, and repairs where there is nothing to repair', async () => {
        assert.match(
          (await refused('diagnoseHost', { id: host(0).uuid, checks: 'mtu,nonsense' })).message,
          /no check nonsense/,
        )
        assert.equal((await refused('repairHost', { id: host(0).uuid, checks: 'nonsense' })).errorcode, 431)
        const { hostrepairs } = await server.run('repairHost', { id: host(0).uuid })
        assert.deepEqual([hostrepairs.repair, hostrepairs.check], [[], []])
        assert.equal(
          hostrepairs.left.some(({ name }: Check) => name === 'mtu'),
          true,
        )
        const { dryrun } = await server.call('repairHost', { id: host(0).uuid, dryrun: true })
        assert.ok(
          dryrun.steps.some(({ name }: Check) => /^left mtu: made so Raise it\./.test(name)),
          JSON.stringify(dryrun),
        )
        assert.equal((await server.call('listHostRepairs', { hostid: host(0).uuid })).count ?? 0, 0)
      })

      test('hardening: friends are the servers and the hosts of the pod, and go with a host that goes', async () => {
        const { hosthardening } = await server.run('hardenHost', { id: host(0).uuid })
        assert.equal(hosthardening.hardened, true)
        assert.deepEqual(hosthardening.addresses, ['10.0.0.1', '10.0.1.2', '10.0.1.3'])
        assert.deepEqual(guards.get(host(0).id), hosthardening.addresses)
        const { hosthardening: undone } = await server.run('hardenHost', { id: host(0).uuid, undo: true })
        assert.equal(undone.hardened, false)
        assert.equal(guards.get(host(0).id), null)
        model.connect(host(0).id, false)
        assert.match((await refused('hardenHost', { id: host(0).uuid })).message, /not connected/)
        model.connect(host(0).id, true)
      })

      test('a bridge by createHostBridge and addHost: dryrun looks by SSH and says why it cannot', async () => {
        const { db } = server.ctx
        await db.updateTable('host').set({ private_ip_address: '127.0.0.1' }).where('id', '=', host(1).id).execute()
        await db
          .insertInto('host_details')
          .values({ host_id: host(1).id, name: 'alto.ssh.port', value: '1' })
          .execute()
        const { dryrun } = await server.call('createHostBridge', { nic: 'eth0', id: host(1).uuid, dryrun: true })
        assert.deepEqual(
          dryrun.refusals.map(({ code }: Check) => code),
          ['host.unreachable'],
        )
        const { id: clusterid, podid, zoneid } = (await server.call('listClusters', {})).cluster[0]
        const { dryrun: added } = await server.call('addHost', {
          ...{
            clusterid,
            podid,
            zoneid,
            hypervisor: 'KVM',
            url: 'http://127.0.0.1:1',
            bridgenic: 'eth0',
            dryrun: true,
          },
        })
        assert.deepEqual(
          added.refusals.map(({ code }: Check) => code),
          ['host.unreachable'],
        )
      })

      test('createHostBridge: id or url, a name that is one', async () => {
        assert.equal((await refused('createHostBridge', { nic: 'eth0' })).errorcode, 431)
        assert.equal(
          (await refused('createHostBridge', { nic: 'eth0', id: host(0).uuid, url: 'http://10.0.0.9' })).errorcode,
          431,
        )
        assert.match(
          (await refused('createHostBridge', { nic: 'eth0;reboot', url: 'http://10.0.0.9' })).message,
          /no name/,
        )
      })
    })
  }
})
