import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cannotRun } from '../../packages/libvirt/tests/libvirtd.ts'
import { runCampaign } from './campaign.ts'
import { chances } from './chances.ts'
import { startWorld, type World } from './world.ts'

const skip = cannotRun()
const full = process.env.ALTO_TEST_FULL === '1'
const seed = Number(process.env.ALTO_TEST_SEED ?? (full ? Date.now() % 1_000_000 : 11))
const operations = Number(process.env.ALTO_TEST_OPERATIONS ?? (full ? 1000 : 45))
const killShare = 0.25
let world: World

/** A campaign in which less than this of a kind succeeded proves nothing of it; a share of all operations. */
const leastShares = {
  'write by the guest': 0.01,
  'write through the device': 0.01,
  'write at rest': 0.03,
  attachVolume: 0.03,
  detachVolume: 0.01,
  resizeVolume: 0.01,
  'migrateVolume under a guest': 0.01,
  'migrateVolume at rest': 0.01,
  createSnapshot: 0.03,
  revertSnapshot: 0.01,
  'createVolume of a snapshot': 0.01,
  deleteSnapshot: 0.02,
  createVMSnapshot: 0.02,
  revertToVMSnapshot: 0.005,
  deleteVMSnapshot: 0.01,
  stopVirtualMachine: 0.01,
  startVirtualMachine: 0.01,
} as const
const leastKills = { server: 0.03, agent: 0.03, libvirtd: 0.01, guest: 0.005, host: 0.005 } as const

before(async () => {
  if (skip === false) world = await startWorld()
})
after(async () => {
  await world?.stop()
})

test(`${operations} volume operations with kills, seed ${seed}: every disk holds what was written to it`, {
  skip,
}, async () => {
  const report = await runCampaign(world, { operations, random: chances(seed), killShare })
  process.stderr.write(`seed ${seed}: ${JSON.stringify(report)}\n`)
  const shares = [
    [report.succeeded, leastShares],
    [report.kills, leastKills],
  ] as const
  for (const [counts, least] of shares) {
    for (const [name, share] of Object.entries(least)) {
      const done = (counts as Record<string, number>)[name] ?? 0
      assert.ok(done >= Math.floor(share * operations), `${name}: ${done} in ${operations} operations`)
    }
  }
})
