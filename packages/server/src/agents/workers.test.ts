import assert from 'node:assert/strict'
import test from 'node:test'
import type { Params } from '@altostack/agent-api'
import { insertPlace, startAgentTestServer } from './testing/agent-context.ts'
import { joinedAgent } from './testing/joined-agent.ts'
import { startTestAgent, testFacts } from './testing/test-agent.ts'

test('workers bounds the calls that change one host; the others wait, and give up when told to', async () => {
  const s = await startAgentTestServer({ settings: { workers: '2' } })
  let [now, most, done] = [0, 0, 0]
  const { joined } = await joinedAgent(s, await insertPlace(s.ctx))
  const agent = startTestAgent({
    port: s.port,
    credentials: joined,
    hostUuid: joined.hostUuid,
    facts: testFacts('m1'),
    handlers: {
      'volume.remove': async () => {
        most = Math.max(most, ++now)
        await s.ctx.runtime.sleep(40)
        now--
        done++
        return {}
      },
    },
  })
  try {
    const { id } = await s.ctx.db
      .selectFrom('host')
      .select('id')
      .where('uuid', '=', joined.hostUuid)
      .executeTakeFirstOrThrow()
    await s.server.agents.connected(id, 5000)
    const params = (key: string): Params<'volume.remove'> => ({
      tokens: { key, runId: 'run', runEpoch: 1, hostIncarnation: 1 },
      pool: { uuid: s.ctx.runtime.uuid(), type: 'Filesystem', path: '/pool' },
      volumeUuid: s.ctx.runtime.uuid(),
    })
    const gone = new AbortController()
    const calls = Array.from({ length: 5 }, (_, index) =>
      s.server.agents.call(id, 'volume.remove', params(`run/${index}`)),
    )
    const late = s.server.agents.call(id, 'volume.remove', params('run/late'), { signal: gone.signal })
    // What changes nothing does not wait for them.
    assert.equal((await s.server.agents.call(id, 'host.facts', {})).bootId, 'boot-m1')
    assert.equal(done, 0)
    gone.abort(new Error('no longer wanted'))
    await assert.rejects(late, /no longer wanted/)
    await Promise.all(calls)
    assert.deepEqual([done, most], [5, 2])
  } finally {
    agent.stop()
    await s.stop()
  }
})
