import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { mulberry32 } from '../../packages/testkit/src/simulated-runtime.ts'
import { type LabEnvironment, measured, startLabEnvironment, whyNoLab } from '../lab-environment/index.ts'
import { authoriseServer } from '../runbook/host-access.ts'
import { allPoints, pointName, samplePoints } from './plan.ts'
import { playPoint } from './sweep.ts'

/** The gate plays a sample drawn by this seed; ALTO_TEST_FULL=1 plays all of them. */
const seed = Number(process.env.ALTO_KILL_SEED ?? 1)
const full = process.env.ALTO_TEST_FULL === '1'
const sampleSize = Number(process.env.ALTO_KILL_POINTS ?? 6)

describe('kill sweep on the lab', { skip: await whyNoLab() }, () => {
  let env: LabEnvironment
  const random = mulberry32(seed)
  const points = allPoints(random)
  const chosen = full ? points : samplePoints(points, sampleSize, random)

  before(async () => {
    env = await startLabEnvironment({ hosts: 2, name: 'kill' })
    const [first, second] = env.lab.hosts
    assert.ok(first && second)
    await env.addHost(first.name)
    await authoriseServer(env, second)
    await env.addHost(second.name, { username: 'root' })
    await env.createPool()
    // A guest that still boots hears no ACPI event: it is not waited for the two minutes of a real one.
    await env.client.get('updateConfiguration', { name: 'alto.vm.stop.grace.seconds', value: '1' })
  })
  after(async () => await env?.stop())

  for (const [index, point] of chosen.entries()) {
    test(`${index + 1} of ${chosen.length}, seed ${seed}: ${pointName(point)}`, async (t) => {
      const { struck, wrongs, seconds } = await playPoint(env, point, index + 1)
      if (!struck) t.diagnostic('the operation took another way and never came to that place')
      measured(`kill-sweep.${point.operation}.${point.victim}`, seconds, 's')
      assert.deepEqual(wrongs, [])
    })
  }
})
