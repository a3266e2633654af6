import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { runSeed } from './run-seed.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

/** Seeds of the gate, and of a full run. `./alto sim --seeds N` runs more of them. */
const seeds = process.env.ALTO_TEST_FULL === '1' ? 1000 : 50

describe('simulation', () => {
  let zoneFile: ZoneFile
  before(async () => {
    zoneFile = await createZoneFile(3, 40)
  })
  after(() => zoneFile.remove())

  test('the same seed is the same execution', async () => {
    const [once, again] = [await runSeed(1, { zoneFile }), await runSeed(1, { zoneFile })]
    const at = once.lines.findIndex((line, index) => line !== again.lines[index])
    assert.equal(once.digest, again.digest, `first difference: ${once.lines[at]} | ${again.lines[at]}`)
    assert.ok(once.lines.length > 500, 'much has happened')
    assert.notEqual(once.digest, (await runSeed(2, { zoneFile })).digest)
  })

  test(`nothing is lost, doubled or left behind in ${seeds} seeds`, async () => {
    const runs = new Map<string, number>()
    const failed: string[] = []
    for (let seed = 1; seed <= seeds; seed++) {
      const result = await runSeed(seed, { zoneFile })
      for (const [name, times] of Object.entries(result.runs)) runs.set(name, (runs.get(name) ?? 0) + times)
      if (result.wrongs.length > 0) failed.push(`./alto sim --seed ${seed}: ${result.wrongs.join('; ')}`)
    }
    assert.deepEqual(failed, [])
    // A simulation in which nothing succeeds, or nothing fails, proves little.
    for (const workflow of ['vm.start', 'vm.stop', 'vm.migrate', 'vm.destroy', 'vm.reboot', 'vm.expunge']) {
      assert.ok(
        (runs.get(`${workflow} succeeded`) ?? 0) > 10,
        `${workflow} succeeds: ${runs.get(`${workflow} succeeded`)}`,
      )
    }
    // A start waits for hosts and tries others: it hardly ever fails. A reboot fails where libvirtd stays away for longer than it is waited for.
    for (const [workflow, least] of [
      ['vm.start', 1],
      ['vm.migrate', 10],
      ['vm.reboot', 10],
    ] as const) {
      const failures = runs.get(`${workflow} failed`) ?? 0
      assert.ok(failures >= least, `${workflow} fails: ${failures}`)
    }
  })
})
