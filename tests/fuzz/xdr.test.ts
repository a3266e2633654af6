import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from '../../packages/libvirt/tests/fuzz.ts'
import { campaign, inputs, seedOf, sum } from './campaign.ts'

const seed = seedOf(4)

test(`${inputs} damaged messages are decoded to what they say or refused`, async () => {
  const results = await campaign(fuzz, seed)
  const accepted = sum(results, (result) => result.accepted)
  const refused = sum(results, (result) => result.refused)
  assert.equal(accepted + refused, inputs)
  assert.ok(accepted > inputs / 20 && refused > inputs / 20, `${accepted} accepted, ${refused} refused`)
})
