import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { Runtime } from '@altostack/core'
import { systemRuntime } from '@altostack/core'
import { deadServersDuty } from './dead-servers.duty.ts'
import { takeHostsOfDeadServers } from './dead-servers.ts'
import type { HostListener } from './index.ts'
import { type AgentTestServer, insertPlace, startAgentTestServer } from './testing/agent-context.ts'
import { insertToken, joinedAgent } from './testing/joined-agent.ts'
import { ask, createRequest, joinByToken, startTestAgent, testFacts } from './testing/test-agent.ts'

async function until(what: string, check: () => Promise<boolean> | boolean, timeoutMs = 5000): Promise<void> {
  const runtime = systemRuntime()
  const ends = runtime.monotonic() + timeoutMs
  while (!(await check())) {
    if (runtime.monotonic() > ends) assert.fail(`it never came true: ${what}`)
    await runtime.sleep(10)
  }
}

const hostRow = ({ ctx }: AgentTestServer, uuid: string) =>
  ctx.db.selectFrom('host').selectAll().where('uuid', '=', uuid).executeTakeFirstOrThrow()

test('a host joins by token, says hello and is Up within a second, its facts and capacity stored', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  assert.equal((await hostRow(s, joined.hostUuid)).status, 'Creating')
  const agent = startTestAgent({
    port: s.port,
    credentials: { key: joined.key, certificate: joined.certificate, ca: joined.ca },
    hostUuid: joined.hostUuid,
    facts: testFacts('m1'),
  })
  try {
    const began = systemRuntime().monotonic()
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    assert.ok(systemRuntime().monotonic() - began < 1000)
    const row = await hostRow(s, joined.hostUuid)
    assert.equal(row.cpus, 4)
    assert.equal(row.machine_id, 'm1')
    assert.equal(row.private_ip_address, '10.9.8.7')
    const capacity = await s.ctx.db.selectFrom('host_capacity').selectAll().executeTakeFirstOrThrow()
    assert.equal(capacity.cpu_total, 8000)
    assert.ok(s.ctx.agents.isConnected(row.id))
    const facts = await s.ctx.agents.call(row.id, 'host.facts', {})
    assert.equal(facts.machineId, 'm1')
    const feed = await s.ctx.db.selectFrom('change_feed').selectAll().where('entity', '=', 'Host').execute()
    assert.deepEqual(
      feed.map((one) => one.to_state),
      ['Creating', 'Connecting', 'Up'],
    )
    // An orderly stop of the agent is no alert.
    agent.stop()
    await until('Disconnected', async () => (await hostRow(s, joined.hostUuid)).status === 'Disconnected')
    assert.equal((await s.ctx.db.selectFrom('alert').selectAll().execute()).length, 0)
    await assert.rejects(s.ctx.agents.call(row.id, 'host.facts', {}), { code: 'agent.unreachable' })
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('a host that joins by token is to be guarded where the setting says so; a simulated one has no ports', async () => {
  for (const [hypervisor, set, guarded] of [
    ['KVM', undefined, 1],
    ['KVM', 'false', 0],
    ['Simulator', undefined, 0],
  ] as const) {
    const s = await startAgentTestServer()
    try {
      const place = await insertPlace(s.ctx, hypervisor)
      if (set !== undefined) {
        const { config } = s.ctx
        const flag: typeof config.flag = async (name, ...more) =>
          name === 'alto.host.harden' ? false : await config.flag(name, ...more)
        Object.assign(s.ctx, { config: { ...config, flag } })
      }
      await joinedAgent(s, place)
      const rows = await s.ctx.db.selectFrom('host_details').select('value').where('name', '=', 'alto.guard').execute()
      assert.equal(rows.filter((row) => row.value === 'true').length, guarded, `${hypervisor} ${set ?? 'by default'}`)
    } finally {
      await s.stop()
    }
  }
})

test('a token is good once, for a time, for one machine; the same machine may repeat a lost join', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  try {
    const { token, joined } = await joinedAgent(s, place)
    const repeated = await joinByToken(s.port, token, 'm1')
    assert.equal(repeated.joined.hostUuid, joined.hostUuid)
    const other = await joinByToken(s.port, token, 'm2')
    assert.equal(other.answer.status, 403)
    assert.match(other.answer.body, /agent\.join-token/)
    const old = await insertToken(s, place, { expires: s.ctx.runtime.now() - 1 })
    assert.match((await joinByToken(s.port, old, 'm3')).answer.body, /expired/)
    const wrong = await joinByToken(s.port, { ...token, secret: 'x'.repeat(43) }, 'm1')
    assert.match(wrong.answer.body, /wrong secret/)
    assert.equal((await ask(s.port, '/join', { method: 'POST', body: { nothing: true } })).status, 400)
    assert.equal((await s.ctx.db.selectFrom('host').selectAll().execute()).length, 1)
  } finally {
    await s.stop()
  }
})

test('a token of a cluster does not take the place of a host that is there; one made for the host does, while it is away', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { token, joined } = await joinedAgent(s, place)
  // Its first join never ended: it may be begun again with another token.
  const begun = await insertToken(s, place)
  const again = await joinByToken(s.port, begun, 'm1')
  assert.equal(again.joined.hostUuid, joined.hostUuid)
  const agent = startTestAgent({
    port: s.port,
    credentials: again.joined,
    hostUuid: joined.hostUuid,
    facts: testFacts('m1'),
  })
  const own = () => insertToken(s, place, { host_uuid: joined.hostUuid })
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    for (const one of [token, begun, await insertToken(s, place), await own()]) {
      const { answer } = await joinByToken(s.port, one, 'm1')
      assert.equal(answer.status, 409)
      assert.match(answer.body, /host\.already-added/)
    }
    agent.stop()
    await until('Disconnected', async () => (await hostRow(s, joined.hostUuid)).status === 'Disconnected')
    const fresh = await joinByToken(s.port, await insertToken(s, place), 'm1')
    assert.equal(fresh.answer.status, 409)
    assert.match(fresh.answer.body, new RegExp(`createJoinToken hostid=${joined.hostUuid}`))
    assert.match((await joinByToken(s.port, await own(), 'm2')).answer.body, /agent\.cloned/)
    const mended = await joinByToken(s.port, await own(), 'm1')
    assert.equal(mended.answer.status, 200, mended.answer.body)
    assert.equal(mended.joined.hostUuid, joined.hostUuid)
    assert.equal((await s.ctx.db.selectFrom('host').selectAll().execute()).length, 1)
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('no, foreign, revoked, superseded and unknown certificates are refused by name; renewal works', async () => {
  const s = await startAgentTestServer()
  const stranger = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  try {
    const { joined } = await joinedAgent(s, place)
    const { csr, key } = await createRequest()
    const body = { csr, addresses: ['10.9.8.7'] }
    const renew = (credentials?: Parameters<typeof ask>[3]) =>
      ask(s.port, '/renew', { method: 'POST', body }, credentials)
    assert.match((await renew()).body, /agent\.no-certificate/)
    const foreign = await joinedAgent(stranger, await insertPlace(stranger.ctx), 'm9')
    assert.match((await renew(foreign.joined)).body, /agent\.certificate-foreign/)
    const renewed = await renew(joined)
    assert.equal(renewed.status, 200, renewed.body)
    const second = { ...JSON.parse(renewed.body), key }
    // Until the new one is used, the old one still works: the answer may have been lost.
    assert.equal((await renew(joined)).status, 200)
    await s.ctx.db.updateTable('host_certificate').set({ superseded: 1 }).where('id', '=', 1).execute()
    assert.match((await renew(joined)).body, /agent\.certificate-superseded/)
    await s.ctx.db.updateTable('host_certificate').set({ revoked: 1 }).where('id', '=', 2).execute()
    assert.match((await renew(second)).body, /agent\.certificate-revoked/)
    await s.ctx.db.deleteFrom('host_certificate').execute()
    assert.match((await renew(second)).body, /agent\.certificate-unknown/)
    assert.ok(s.logged.some((line) => line.code === 'agent.certificate-foreign'))
  } finally {
    await s.stop()
    await stranger.stop()
  }
})

test('a copy of a host is refused: another machine id, or a second boot while the first still answers', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  const base = { port: s.port, credentials: joined, hostUuid: joined.hostUuid }
  const reasons: string[] = []
  const first = startTestAgent({ ...base, facts: testFacts('m1') })
  const stops = [first.stop]
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    const onLink = (_state: string, reason: string) => void reasons.push(reason)
    const other = startTestAgent({ ...base, facts: testFacts('m2'), onLink })
    stops.push(other.stop)
    await until('refused', () => reasons.some((reason) => /identity of this host/.test(reason)))
    other.stop()
    reasons.length = 0
    const twin = startTestAgent({ ...base, facts: testFacts('m1', { bootId: 'second' }), onLink })
    stops.push(twin.stop)
    await until('refused', () => reasons.some((reason) => /Two machines/.test(reason)))
    twin.stop()
    assert.equal((await hostRow(s, joined.hostUuid)).status, 'Up')
    assert.equal((await s.ctx.db.selectFrom('alert').selectAll().execute()).length, 1)
  } finally {
    for (const stop of stops) stop()
    await s.stop()
  }
})

test('a connection that breaks is an Alert with its reason; the agent comes back to Up by itself', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  const agent = startTestAgent({ port: s.port, credentials: joined, hostUuid: joined.hostUuid, facts: testFacts('m1') })
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    for (const socket of agent.sockets) socket.terminate()
    await until('Up again', async () => {
      const feed = await s.ctx.db.selectFrom('change_feed').selectAll().where('entity', '=', 'Host').execute()
      return feed.map((one) => one.to_state).join() === 'Creating,Connecting,Up,Alert,Connecting,Up'
    })
    const alerts = await s.ctx.db.selectFrom('alert').selectAll().execute()
    assert.match(alerts[0]?.subject ?? '', /is Alert/)
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('a silent agent is given up after ping.interval times ping.timeout', async () => {
  let skew = 0
  const real = systemRuntime()
  const runtime: Runtime = { ...real, monotonic: () => real.monotonic() + skew }
  const s = await startAgentTestServer({ runtime })
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  const agent = startTestAgent({ port: s.port, credentials: joined, hostUuid: joined.hostUuid, facts: testFacts('m1') })
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    skew = 149_000
    await s.server.lookForSilence()
    assert.equal((await hostRow(s, joined.hostUuid)).status, 'Up')
    skew = 152_000
    await s.server.lookForSilence()
    await until('Alert was', async () => {
      const feed = await s.ctx.db.selectFrom('change_feed').select(['to_state', 'cause']).execute()
      return feed.some((one) => one.to_state === 'Alert' && one.cause === 'agent.ping-timeout')
    })
    assert.ok(s.logged.some((line) => line.msg === 'Found the following agents behind on ping'))
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('run starts a long method once, follows it through a broken connection and answers its result', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  let starts = 0
  let polls = 0
  let done = false
  const agent = startTestAgent({
    port: s.port,
    credentials: joined,
    hostUuid: joined.hostUuid,
    facts: testFacts('m1'),
    handlers: {
      'template.install': () => {
        starts++
        return { accepted: true }
      },
      'job.poll': async ({ key }) => {
        polls++
        if (polls === 1) for (const socket of agent.sockets) socket.terminate()
        if (key.endsWith('bad')) {
          return { state: 'failed', error: { code: 'template.checksum', message: 'no', effectPossible: false } }
        }
        return done ? { state: 'done', result: { bytes: 5 } } : { state: 'running', progress: { percent: 50 } }
      },
    },
  })
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    const { id } = await hostRow(s, joined.hostUuid)
    const seen: unknown[] = []
    const params = (key: string) => ({
      tokens: { key, runId: 'r1', runEpoch: 1, hostIncarnation: 1 },
      pool: { uuid: s.ctx.runtime.uuid(), type: 'Filesystem' as const, path: '/x' },
      template: {
        uuid: s.ctx.runtime.uuid(),
        format: 'qcow2' as const,
        sizeBytes: 5,
        sha256: 'a'.repeat(64),
        virtualSizeBytes: 5,
      },
    })
    const running = s.ctx.agents.run(id, 'template.install', params('r1/install'), {
      deadlineMs: 20_000,
      onProgress: (progress) => {
        seen.push(progress)
        done = true
      },
    })
    assert.deepEqual(await running, { bytes: 5 })
    assert.equal(starts, 1)
    assert.deepEqual(seen[0], { percent: 50 })
    await assert.rejects(s.ctx.agents.run(id, 'template.install', params('r1/bad'), { deadlineMs: 5000 }), {
      code: 'template.checksum',
      api: 534,
    })
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('a fenced host ends its old guests before it is Up; keys of ended runs are acknowledged', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  await s.ctx.db.updateTable('host').set({ incarnation: 4, acknowledged_incarnation: 3 }).execute()
  const fenced: number[] = []
  const acknowledged: string[] = []
  const agent = startTestAgent({
    port: s.port,
    credentials: joined,
    hostUuid: joined.hostUuid,
    facts: testFacts('m1'),
    hello: { hostIncarnation: 3, openKeys: ['gone-run/step'] },
    onHello: (result) => acknowledged.push(...result.acknowledge),
    handlers: {
      'host.fence': ({ hostIncarnation }) => {
        fenced.push(hostIncarnation)
        return { ended: ['i-2-3-VM'] }
      },
    },
  })
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    assert.deepEqual(fenced, [4])
    assert.equal((await hostRow(s, joined.hostUuid)).acknowledged_incarnation, 4)
    assert.deepEqual(acknowledged, ['gone-run/step'])
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('listeners hear domains at hello; one that cannot get the host ready keeps it from being Up', async () => {
  let ready = false
  const heard: string[] = []
  const listener: HostListener = {
    name: 'test',
    domains: async (_ctx, _hostId, domains, cause) => void heard.push(`${cause}:${domains.length}`),
    arrive: async () => {
      if (!ready) throw new Error('storage is away')
    },
  }
  const s = await startAgentTestServer({ listeners: [listener] })
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  const agent = startTestAgent({ port: s.port, credentials: joined, hostUuid: joined.hostUuid, facts: testFacts('m1') })
  try {
    await until('Alert', async () => (await hostRow(s, joined.hostUuid)).status === 'Alert')
    ready = true
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    assert.equal(heard[0], 'hello:0')
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('a host of another kind than its cluster is refused at its first hello', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx, 'KVM')
  const { joined } = await joinedAgent(s, place)
  const reasons: string[] = []
  const kvm = { kind: 'KVM' as const, libvirt: '9.0.0', qemu: '7.2.0' }
  const tcg = { kind: 'tcg' as const, reason: 'the trial guest did not answer' }
  const start = (facts: ReturnType<typeof testFacts>) =>
    startTestAgent({
      port: s.port,
      credentials: joined,
      hostUuid: joined.hostUuid,
      facts,
      onLink: (_state, reason) => void reasons.push(reason),
    })
  let agent = start(testFacts('m1'))
  try {
    await until('refused', () => reasons.some((reason) => /holds KVM hosts/.test(reason)))
    agent.stop()
    agent = start(testFacts('m1', { hypervisor: kvm, acceleration: tcg }))
    await until('refused', () => reasons.some((reason) => /does not have KVM enabled/.test(reason)))
    await s.ctx.db
      .insertInto('cluster_details')
      .values({ cluster_id: place.clusterId, name: 'alto.kvm.emulation.allowed', value: 'true' })
      .execute()
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
  } finally {
    agent.stop()
    await s.stop()
  }
})

test('after a restart of the server its hosts are Disconnected, with the reason, until they come back', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'alto-restart-'))
  const again = { dataDir, database: join(dataDir, 'cloud.db') }
  const first = await startAgentTestServer(again)
  const place = await insertPlace(first.ctx)
  const { joined } = await joinedAgent(first, place)
  const facts = testFacts('m1')
  const one = startTestAgent({ port: first.port, credentials: joined, hostUuid: joined.hostUuid, facts })
  let two: ReturnType<typeof startTestAgent> | undefined
  try {
    await until('Up', async () => (await hostRow(first, joined.hostUuid)).status === 'Up')
    await first.stop()
    one.stop()
    const second = await startAgentTestServer(again)
    try {
      const feed = await second.ctx.db.selectFrom('change_feed').selectAll().orderBy('id', 'desc').execute()
      const row = await hostRow(second, joined.hostUuid)
      assert.equal(row.status, 'Disconnected')
      const awaitedMs = (row.awaited_until ?? 0) - second.ctx.runtime.now()
      assert.ok(awaitedMs > 110_000 && awaitedMs <= 120_000, 'alto.host.return.wait')
      assert.equal(feed[0]?.cause, 'server.start')
      two = startTestAgent({ port: second.port, credentials: joined, hostUuid: joined.hostUuid, facts })
      await until('Up again', async () => (await hostRow(second, joined.hostUuid)).status === 'Up')
      const back = await hostRow(second, joined.hostUuid)
      assert.equal(back.awaited_until, null)
      // The server is the same row among the servers as before.
      const servers = await second.ctx.db.selectFrom('mshost').selectAll().execute()
      assert.deepEqual(
        servers.map((server) => [server.id, server.incarnation]),
        [[back.mgmt_server_id, second.ctx.incarnation]],
      )
    } finally {
      two?.stop()
      await second.stop()
    }
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})

test('hosts of another server that died are Disconnected here, or taken over where they have come already', async () => {
  const s = await startAgentTestServer()
  const place = await insertPlace(s.ctx)
  const { joined } = await joinedAgent(s, place)
  const { joined: gone } = await joinedAgent(s, place, 'm2')
  const agent = startTestAgent({ port: s.port, credentials: joined, hostUuid: joined.hostUuid, facts: testFacts('m1') })
  try {
    await until('Up', async () => (await hostRow(s, joined.hostUuid)).status === 'Up')
    const now = s.ctx.runtime.now()
    const other = await s.ctx.db
      .insertInto('mshost')
      .values({ uuid: 'o', msid: 7, incarnation: 'other', name: 'other', version: '1', last_update: 1, created: 1 })
      .executeTakeFirstOrThrow()
    const mgmt_server_id = Number(other.insertId)
    await s.ctx.db
      .insertInto('server_incarnation')
      .values({ id: 'other', beat_at: now, expires_at: now + 60_000 })
      .execute()
    await s.ctx.db.updateTable('host').set({ mgmt_server_id, status: 'Up' }).execute()
    await takeHostsOfDeadServers(s.ctx)
    assert.equal((await hostRow(s, gone.hostUuid)).status, 'Up', 'it lives')
    await s.ctx.db.updateTable('server_incarnation').set({ expires_at: 1 }).where('id', '=', 'other').execute()
    await takeHostsOfDeadServers(s.ctx)
    const lost = await hostRow(s, gone.hostUuid)
    assert.equal(lost.status, 'Disconnected')
    assert.ok((lost.awaited_until ?? 0) > now)
    const kept = await hostRow(s, joined.hostUuid)
    assert.equal(kept.status, 'Up')
    assert.notEqual(kept.mgmt_server_id, mgmt_server_id)
    await s.ctx.db.updateTable('host').set({ awaited_until: 1 }).where('id', '=', lost.id).execute()
    await deadServersDuty.run(s.ctx)
    assert.equal((await hostRow(s, gone.hostUuid)).awaited_until, null, 'its time is over')
  } finally {
    agent.stop()
    await s.stop()
  }
})
