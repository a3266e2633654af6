import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from '../../packages/api/fuzz/parser.ts'
import { campaign, inputs, seedOf, sum } from './campaign.ts'

const seed = seedOf(1)

test(`${inputs} hostile requests are parsed or refused with 4xx`, async () => {
  const results = await campaign(fuzz, seed)
  const parsed = sum(results, (result) => result.parsed)
  const refused = sum(results, (result) => result.refused)
  assert.equal(parsed + refused, inputs)
  // Both ways are worn: a campaign that only bounces off the first check proves little.
  assert.ok(parsed > inputs / 20 && refused > inputs / 20, `${parsed} parsed, ${refused} refused`)
})
