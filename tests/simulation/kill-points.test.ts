import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { vmDestroyWorkflow } from '../../packages/server/src/vm/workflows/vm-destroy.ts'
import { vmMigrateWorkflow } from '../../packages/server/src/vm/workflows/vm-migrate.ts'
import { vmStartWorkflow } from '../../packages/server/src/vm/workflows/vm-start.ts'
import { vmStopWorkflow } from '../../packages/server/src/vm/workflows/vm-stop.ts'
import type { KillInput, KillOutput } from './kill-scenario.worker.ts'
import { killScenarios, plainWay } from './kill-scenarios.ts'
import { startWorkers, type WorkerPool } from './worker-pool.ts'

const full = process.env.ALTO_TEST_FULL === '1'
/** Random instants a workflow, spread over the ways that it can go; under `--full` each way has as many. */
const instants = 20
const seed = Number(process.env.ALTO_KILL_SEED ?? 1)

/**
 * Server, agent, libvirtd and host are killed before and after every effect of deploy, start, migrate, stop and destroy:
 * at each fault point of the engine, around each call to a host, and at instants drawn by seed. What a way has in common
 * with the plain one of its order, until something is refused, is struck in that one; under `--full` in each.
 */
describe('kill points', () => {
  let workers: WorkerPool<KillInput, KillOutput>
  const outputs = new Map<string, Promise<KillOutput>>()
  before(() => {
    workers = startWorkers(new URL('./kill-scenario.worker.ts', import.meta.url), 2)
    for (const scenario of killScenarios) {
      const { name, workflow } = scenario
      const ways = killScenarios.filter((one) => one.workflow === workflow)
      const share = full ? instants : Math.ceil(instants / ways.length)
      const way = ways.findIndex((one) => one.name === name)
      const struck = full ? undefined : plainWay(scenario)?.name
      const output = workers.run({
        scenario: name,
        instants: share,
        seed: seed + way,
        ...(struck === undefined ? {} : { struck }),
      })
      output.catch(() => undefined)
      outputs.set(name, output)
    }
  })
  after(() => workers.close())

  for (const { name } of killScenarios) {
    test(`${name}: whatever is killed, nothing is left behind`, async () => {
      const { blows, failed, missed } = (await outputs.get(name)) as KillOutput
      assert.ok(blows > instants, 'calls and fault points are struck too')
      assert.deepEqual(failed, [])
      assert.deepEqual(missed, [], 'these places were never reached')
    })
  }

  test('every step of the workflows, and its undo, is on the way of an operation', async () => {
    for (const workflow of [vmStartWorkflow, vmMigrateWorkflow, vmStopWorkflow, vmDestroyWorkflow]) {
      const points = new Set<string>()
      for (const { name, workflow: of } of killScenarios) {
        if (of === workflow.name) for (const point of (await outputs.get(name))?.points ?? []) points.add(point)
      }
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
})
