import assert from 'node:assert/strict'
import { hashSecret } from '../index.ts'
import type { AgentTestServer, TestPlace } from './agent-context.ts'
import { joinByToken } from './test-agent.ts'

/** A join token straight into the table, good for a minute unless said. */
export async function insertToken(
  { ctx }: AgentTestServer,
  place: TestPlace,
  change: { expires?: number; host_uuid?: string } = {},
): Promise<{ id: string; secret: string }> {
  const id = ctx.runtime.uuid()
  const secret = Buffer.from(ctx.runtime.randomBytes(32)).toString('base64url')
  await ctx.db
    .insertInto('join_token')
    .values({
      uuid: id,
      secret_hash: hashSecret(secret),
      cluster_id: place.clusterId,
      created: ctx.runtime.now(),
      expires: ctx.runtime.now() + 60_000,
      created_by: 1,
      ...change,
    })
    .execute()
  return { id, secret }
}

/** A host that has joined by a token of its own. */
export async function joinedAgent(s: AgentTestServer, place: TestPlace, machineId = 'm1') {
  const token = await insertToken(s, place)
  const { answer, joined } = await joinByToken(s.port, token, machineId)
  assert.equal(answer.status, 200, answer.body)
  return { token, joined }
}
