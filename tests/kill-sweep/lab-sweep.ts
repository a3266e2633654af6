import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type LabEnvironment, measured, startLabEnvironment, whyNoLab } from '../lab-environment/index.ts'
import { authoriseServer } from '../runbook/host-access.ts'
import { type KillPoint, pointName } from './plan.ts'
import { playPoint } from './sweep.ts'

/** A point with its number in the whole list, by which it is played again: ALTO_KILL_ONLY=number. */
export type Chosen = { readonly number: number; readonly point: KillPoint }

/** Draws the random instants; the same seed is the same list. */
export const killSeed = Number(process.env.ALTO_KILL_SEED ?? 1)

/** Declares a test for each point, all on one lab of two hosts. */
export async function sweepOnLab(title: string, chosen: readonly Chosen[], total: number): Promise<void> {
  describe(title, { skip: await whyNoLab() }, () => {
    let env: LabEnvironment
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

    for (const { number, point } of chosen) {
      test(`${number} of ${total}, seed ${killSeed}: ${pointName(point)}`, async (t) => {
        const { struck, wrongs, seconds } = await playPoint(env, point, number)
        if (!struck) t.diagnostic('the operation took another way and never came to that place')
        measured(`kill-sweep.${point.operation}.${point.victim}`, seconds, 's')
        assert.deepEqual(wrongs, [])
      })
    }
  })
}
