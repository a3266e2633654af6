import assert from 'node:assert/strict'
import { test } from 'node:test'
import { vmDestroyWorkflow } from '../../packages/server/src/vm/workflows/vm-destroy.ts'
import { vmMigrateWorkflow } from '../../packages/server/src/vm/workflows/vm-migrate.ts'
import { vmStartWorkflow } from '../../packages/server/src/vm/workflows/vm-start.ts'
import { vmStopWorkflow } from '../../packages/server/src/vm/workflows/vm-stop.ts'
import { mulberry32 } from '../../packages/testkit/src/simulated-runtime.ts'
import { allPoints, effects, operations, pointName, samplePoints, victims } from './plan.ts'

/** The machines of the lab have no disc: bringing one is broken on simulated hosts (tests/simulation/kill-points). */
const elsewhere = ['iso']

test('the plan has every effect of the four workflows; later attempts of a start are the first one again', () => {
  for (const workflow of [vmStartWorkflow, vmMigrateWorkflow, vmStopWorkflow, vmDestroyWorkflow]) {
    const steps = workflow.steps
      .filter((step: { kind: string; name: string }) => step.kind === 'effect' && !/-\d$/.test(step.name))
      .map((step: { name: string }) => step.name)
      .filter((name: string) => !elsewhere.includes(name))
    const planned = Object.values(effects).find((entry) => entry.workflow === workflow.name)
    assert.deepEqual(planned?.steps, steps, workflow.name)
  }
})

test('a seed is one plan; a sample has every operation and every victim', () => {
  const points = allPoints(mulberry32(1))
  assert.equal(new Set(points.map(pointName)).size, points.length)
  assert.deepEqual(points, allPoints(mulberry32(1)))
  for (let seed = 1; seed < 50; seed++) {
    const sample = samplePoints(points, 6, mulberry32(seed))
    assert.deepEqual(sample, samplePoints(points, 6, mulberry32(seed)))
    for (const operation of operations) assert.ok(sample.some((point) => point.operation === operation))
    for (const victim of victims) assert.ok(sample.some((point) => point.victim === victim))
  }
})
