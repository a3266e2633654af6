import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from '../../packages/api/fuzz/signature.ts'
import { campaign, inputs, seedOf, sum } from './campaign.ts'

const seed = seedOf(2)

test(`${inputs} hostile requests verify as signed, and never when changed`, async () => {
  const results = await campaign(fuzz, seed)
  assert.equal(
    sum(results, (result) => result.verified),
    inputs,
  )
  assert.equal(
    sum(results, (result) => result.refused),
    inputs,
  )
})
