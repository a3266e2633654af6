import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cannotRun } from '../../packages/libvirt/tests/libvirtd.ts'
import { runCampaign } from './campaign.ts'
import { startWorld, type World } from './world.ts'

const skip = cannotRun()
const full = process.env.ALTO_TEST_FULL === '1'
const seed = Number(process.env.ALTO_TEST_SEED ?? (full ? Date.now() % 1_000_000 : 11))
const operations = Number(process.env.ALTO_TEST_OPERATIONS ?? (full ? 1000 : 45))
let world: World

/** A campaign that did less than this of a kind proves nothing of it; a share of all operations. */
const leastShares = { write: 0.05, attachVolume: 0.03, migrateVolume: 0.02, createSnapshot: 0.02 } as const

before(async () => {
  if (skip === false) world = await startWorld()
})
after(async () => {
  await world?.stop()
})

test(`${operations} volume operations with kills, seed ${seed}: every disk holds what was written to it`, {
  skip,
}, async () => {
  const report = await runCampaign(world, { operations, random: chances(seed) })
  process.stderr.write(`seed ${seed}: ${JSON.stringify(report)}\n`)
  assert.ok(report.kills > 0, 'nothing was killed')
  for (const [name, share] of Object.entries(leastShares)) {
    const done = report.operations[name] ?? 0
    assert.ok(done >= Math.floor(share * operations), `${name}: ${done} of ${operations} operations`)
  }
})

/** mulberry32: the same seed, the same campaign. */
function chances(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
