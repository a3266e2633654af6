import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { HostFacts } from '@altostack/agent-api'
import { joinByToken, startTestAgent, type TestAgent, testFacts } from '../agents/testing/test-agent.ts'
import { stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

describe('homogeneous clusters', () => {
  after(stopTestDatabases)

  const cpu = (model: string): string => `<cpu><arch>x86_64</arch><model>${model}</model><vendor>Intel</vendor></cpu>`
  const common = "<cpu mode='custom' match='exact'><model fallback='forbid'>Common</model></cpu>"

  async function until(what: string, check: () => Promise<boolean> | boolean, s: TestServer): Promise<void> {
    const ends = s.ctx.runtime.monotonic() + 15_000
    while (!(await check())) {
      if (s.ctx.runtime.monotonic() > ends) assert.fail(`it never came true: ${what}`)
      await s.ctx.runtime.sleep(20)
    }
  }

  test('hosts that would break live migration are refused by name, unless the cluster says otherwise', async () => {
    const s = await startTestServer({ agents: true })
    const agents: TestAgent[] = []
    try {
      const place = { name: 'z1', dns1: '10.0.0.1', internaldns1: '10.0.0.1', networktype: 'Advanced' }
      const zoneid = (await s.call('createZone', place)).zone.id as string
      const net = { gateway: '10.9.8.1', netmask: '255.255.255.0', startip: '10.9.8.2' }
      const podid = (await s.call('createPod', { name: 'p1', zoneid, ...net })).pod.id as string
      const kind = { clustertype: 'CloudManaged', hypervisor: 'KVM' }
      const clusterid = (await s.call('addCluster', { zoneid, podid, clustername: 'c1', ...kind })).cluster[0].id
      const asked: string[][] = []

      /** Joins by token and says hello; answers when it is Up, or what it was refused with. */
      async function join(name: string, libvirt: string, qemu: string, model: string): Promise<string> {
        const { jointoken } = await s.call('createJoinToken', { clusterid })
        const token = JSON.parse(Buffer.from(jointoken.token, 'base64url').toString('utf8'))
        const { joined } = await joinByToken(s.server.ports.agent, token, `machine-${name}`, name)
        const facts: HostFacts = testFacts(`machine-${name}`, {
          hostname: name,
          hypervisor: { kind: 'KVM', libvirt, qemu },
          hostCpuXml: cpu(model),
        })
        const reasons: string[] = []
        const agent = startTestAgent({
          port: s.server.ports.agent,
          credentials: joined,
          hostUuid: joined.hostUuid,
          facts,
          handlers: {
            'host.common-cpu': ({ cpus }) => {
              asked.push(cpus)
              return { cpuXml: common }
            },
          },
          onLink: (_state, reason) => reasons.push(reason),
        })
        agents.push(agent)
        let state: string | undefined
        await until(
          `${name} Up or refused`,
          async () => {
            state = (await s.call('listHosts', { id: joined.hostUuid })).host?.[0]?.state
            return state === 'Up' || reasons.some((reason) => reason.includes('differs from those'))
          },
          s,
        )
        if (state === 'Up') return 'Up'
        agent.stop()
        const refusal = reasons.find((reason) => reason.includes('differs from those')) ?? ''
        await s.run('deleteHost', { id: joined.hostUuid, forced: true }).catch(() => undefined)
        return refusal
      }
      const set = (name: string, value: string) => s.call('updateConfiguration', { name, value, clusterid })

      assert.equal(await join('n1', '9.0.0', '7.2.7', 'Skylake'), 'Up')
      assert.equal(await join('n2', '9.0.4', '7.2.22', 'Skylake'), 'Up')
      assert.match(
        await join('n3', '10.0.0', '8.2.1', 'Skylake'),
        /libvirt: 10\.0\.0; n1 has 9\.0\.0; QEMU: 8\.2\.1; n1/,
      )
      await assert.rejects(set('alto.cluster.upgrade.until', 'soon'), /a date such as/)
      await set('alto.cluster.upgrade.until', '2001-01-01')
      assert.match(await join('n4', '9.0.0', '8.2.1', 'Skylake'), /QEMU: 8\.2\.1; n1 has 7\.2\.7/)
      await set('alto.cluster.upgrade.until', new Date(s.ctx.runtime.now() + 3_600_000).toISOString())
      assert.equal(await join('n5', '10.0.0', '8.2.1', 'Skylake'), 'Up')
      assert.match(await join('n6', '9.0.0', '7.2.7', 'Broadwell'), /CPU: Intel Broadwell; n1 has Intel Skylake/)
      assert.deepEqual(asked, [])
      await set('alto.cluster.mixed.hosts.allowed', 'true')
      assert.equal(await join('n7', '9.0.0', '7.2.7', 'Broadwell'), 'Up')
      assert.deepEqual(asked, [[cpu('Broadwell'), cpu('Skylake')]])
      const { cluster } = await s.call('listClusters', { id: clusterid })
      assert.equal(cluster[0].resourcedetails['alto.cpu.common'], common)
    } finally {
      for (const agent of agents) agent.stop()
      await s.stop()
    }
  })
})
