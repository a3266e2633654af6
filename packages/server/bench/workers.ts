/**
 * Calls a second to one host whose effects take 40 ms each, by the setting `workers`. Prints one JSON object.
 * `node packages/server/bench/workers.ts [calls] [workers …]`
 */
import type { Params } from '@altostack/agent-api'
import { insertPlace, startAgentTestServer } from '../src/agents/testing/agent-context.ts'
import { joinedAgent } from '../src/agents/testing/joined-agent.ts'
import { startTestAgent, testFacts } from '../src/agents/testing/test-agent.ts'

const count = Number(process.argv[2] ?? 200)
const sizes = process.argv.slice(3).map(Number)
const effectMs = 40
const perSecond: Record<string, number> = {}
for (const workers of sizes.length > 0 ? sizes : [1, 5, 20]) perSecond[workers] = await measure(workers)
console.log(JSON.stringify({ bench: 'workers', calls: count, effectMs, perSecond }))
process.exit(0)

async function measure(workers: number): Promise<number> {
  const s = await startAgentTestServer({ settings: { workers: String(workers) } })
  const { runtime } = s.ctx
  const { joined } = await joinedAgent(s, await insertPlace(s.ctx))
  const agent = startTestAgent({
    port: s.port,
    credentials: joined,
    hostUuid: joined.hostUuid,
    facts: testFacts('m1'),
    handlers: {
      'volume.remove': async () => {
        await runtime.sleep(effectMs)
        return {}
      },
    },
  })
  const { id } = await s.ctx.db.selectFrom('host').select('id').executeTakeFirstOrThrow()
  await s.server.agents.connected(id, 10_000)
  const params = (key: string): Params<'volume.remove'> => ({
    tokens: { key, runId: 'run', runEpoch: 1, hostIncarnation: 1 },
    pool: { uuid: runtime.uuid(), type: 'Filesystem', path: '/pool' },
    volumeUuid: runtime.uuid(),
  })
  const began = runtime.monotonic()
  await Promise.all(
    Array.from({ length: count }, (_, index) => s.server.agents.call(id, 'volume.remove', params(`run/${index}`))),
  )
  const seconds = (runtime.monotonic() - began) / 1000
  agent.stop()
  await s.stop()
  return Math.round(count / seconds)
}
