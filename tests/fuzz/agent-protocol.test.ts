import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from '../../packages/agent-api/fuzz/peer.ts'
import { campaign, inputs, seedOf, sum } from './campaign.ts'

const seed = seedOf(3)

test(`${inputs} broken frames neither end nor confuse a peer of the agent protocol`, async () => {
  const results = await campaign(fuzz, seed)
  assert.equal(
    sum(results, (result) => result.inputs),
    inputs,
  )
  assert.ok(sum(results, (result) => result.answered) > inputs / 20)
})
