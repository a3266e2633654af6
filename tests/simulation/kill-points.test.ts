import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { vmDestroyWorkflow } from '../../packages/server/src/vm/workflows/vm-destroy.ts'
import { vmMigrateWorkflow } from '../../packages/server/src/vm/workflows/vm-migrate.ts'
import { vmStartWorkflow } from '../../packages/server/src/vm/workflows/vm-start.ts'
import { vmStopWorkflow } from '../../packages/server/src/vm/workflows/vm-stop.ts'
import { type Blow, blowName, type CleanRun, planBlows, playBlow, recordCleanRun } from './kill-plan.ts'
import { type KillScenario, killScenarios } from './kill-scenarios.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

/** Random instants an operation. */
const instants = 20
const seed = Number(process.env.ALTO_KILL_SEED ?? 1)

/** What nothing but its own way can make fail: a dead server is started again, a stop asks until the guest is gone. */
function mustSucceed({ ends, workflow }: KillScenario, blow: Blow): boolean {
  if (ends === 'failed') return false
  if (blow.kind === 'point' || workflow === 'vm.stop') return true
  // A disk that its host refuses to remove ends a destroy; the expunge thread tries again.
  const libvirtd = blow.kind === 'instant' ? blow.victim === 'libvirtd' : blow.moment.startsWith('libvirtd')
  return workflow === 'vm.destroy' && !(libvirtd && !(blow.kind === 'call' && blow.what.startsWith('vm.')))
}

/**
 * Server, agent, libvirtd and host are killed before and after every effect of deploy, start, migrate, stop and destroy:
 * at each fault point of the engine, around each call to a host, and at instants drawn by seed.
 */
describe('kill points', () => {
  let zoneFile: ZoneFile
  const clean = new Map<string, CleanRun>()
  before(async () => {
    zoneFile = await createZoneFile(3, 10)
    for (const scenario of killScenarios) clean.set(scenario.name, await recordCleanRun(scenario, zoneFile))
  })
  after(() => zoneFile.remove())

  test('every step of the workflows, and its undo, is on the way of an operation', () => {
    for (const workflow of [vmStartWorkflow, vmMigrateWorkflow, vmStopWorkflow, vmDestroyWorkflow]) {
      const points = new Set(
        killScenarios.flatMap(({ name, workflow: of }) =>
          of === workflow.name ? (clean.get(name)?.points ?? []) : [],
        ),
      )
      for (const step of workflow.steps) {
        for (const at of ['before-do', 'after-do']) {
          assert.ok(points.has(`${at} ${step.name}`), `${workflow.name}: nothing breaks ${at} ${step.name}`)
        }
        // The undo of a database step that is committed together with the end is never run alone.
        if (step.undo === undefined || step.kind === 'transact') continue
        assert.ok(points.has(`before-undo ${step.name}`), `${workflow.name}: nothing breaks the undo of ${step.name}`)
      }
    }
  })

  for (const scenario of killScenarios) {
    test(`${scenario.name}: whatever is killed, nothing is left behind`, async () => {
      const run = clean.get(scenario.name) as CleanRun
      const failed: string[] = []
      const missed: string[] = []
      for (const blow of planBlows(run, instants, seed)) {
        const { wrongs, struck, job } = await playBlow(scenario, blow, zoneFile)
        if (!struck) missed.push(blowName(blow))
        const all = job === 'failed' && mustSucceed(scenario, blow) ? [...wrongs, 'the order has failed'] : wrongs
        if (all.length > 0) failed.push(`${blowName(blow)}: ${all.join('; ')}`)
      }
      assert.deepEqual(failed, [])
      assert.deepEqual(missed, [], 'these places were never reached')
    })
  }
})
