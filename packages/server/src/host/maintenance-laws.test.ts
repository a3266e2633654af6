import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Fault, type LawWorld, playScenario, workflowLaws } from '@altostack/testkit'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { hostMaintenanceWorkflow } from './workflows/host-maintenance.ts'

type Moves = 'none' | 'well' | 'never'

/**
 * A host that is to be emptied. Its guest, if it has one, is moved by an engine of which only the outcome counts: each
 * migration ends with its start, well or not.
 */
async function makeWorld(moves: Moves): Promise<VolumeWorld> {
  const world = await makeVolumeWorld({ runs: moves !== 'none' })
  const { db } = world.ctx
  const [host, other] = world.zone.hosts
  await db.updateTable('host').set({ resource_state: 'PrepareForMaintenance' }).where('id', '=', host!.id).execute()
  let migrations = 0
  const start = async (tx: Tx, workflow: { readonly name: string }, _input: unknown, options: { id: string }) => {
    assert.equal(workflow.name, 'vm.migrate')
    migrations++
    const error = JSON.stringify({ kind: 'fail', code: 'placement.refused', message: 'no host is left' })
    await tx
      .insertInto('workflow_run')
      .values({
        id: options.id,
        name: workflow.name,
        input: '{}',
        status: moves === 'well' ? 'succeeded' : 'failed',
        error: moves === 'well' ? null : error,
        owner: 'model',
        epoch: 1,
        attempts: 0,
        cancel_requested: 0,
        saves: 0,
        created: 1,
        updated: 1,
      } as never)
      .execute()
    if (moves !== 'well') return options.id
    const to = { host_id: other!.id, last_host_id: host!.id }
    await tx.updateTable('vm_instance').set(to).where('id', '=', world.vm.id).execute()
    return options.id
  }
  Object.assign(world.ctx, { engine: { start, kick: () => undefined } })
  return {
    ...world,
    async observe() {
      const rows = await db.selectFrom('host').select('resource_state').orderBy('id').execute()
      const vm = await db.selectFrom('vm_instance').select(['state', 'host_id']).executeTakeFirstOrThrow()
      const left = await db.selectFrom('host_evacuation_move').select('id').execute()
      const alerts = await db.selectFrom('alert').select('subject').execute()
      return {
        hosts: rows.map((row) => row.resource_state),
        vm: { ...vm },
        moves: left.length,
        alerts: alerts.length,
        migrations,
      }
    },
  }
}
const input = (world: LawWorld<ServerContext>) => {
  const { zone } = world as VolumeWorld
  return { hostId: zone.hosts[0]!.id, hostName: 'h1', atOnce: false }
}

workflowLaws(hostMaintenanceWorkflow, {
  makeWorld: () => makeWorld('none'),
  input,
  lockKey: 'host:1',
  journal: { succeeds: ['do move-guests', 'do enter'], unwinds: ['do move-guests', 'do enter'] },
})

/** How often the step looks follows from how its guests move, so these are no golden journals. */
describe('host.maintenance with a guest', () => {
  const play = async (moves: Moves, faults: readonly Fault[]) =>
    await playScenario(hostMaintenanceWorkflow, { makeWorld: () => makeWorld(moves), input, lockKey: 'host:1' }, faults)
  const points = [0, 1, 2].flatMap((nth): Fault[] => [
    { at: 'before-do', step: 'move-guests', nth, how: 'crash' },
    { at: 'after-do', step: 'move-guests', nth: 0, how: 'crash' },
    { at: 'before-commit', nth, how: 'crash' },
    { at: 'after-commit', nth, how: 'crash' },
  ])

  test('is empty in the end, whatever dies meanwhile, and each guest was moved once', async () => {
    const clean = await play('well', [])
    assert.equal(clean.status, 'succeeded', JSON.stringify(clean.failure))
    const expected = {
      hosts: ['Maintenance', 'Enabled'],
      vm: { state: 'Running', host_id: 2 },
      moves: 0,
      alerts: 1,
      migrations: 1,
    }
    assert.deepEqual(clean.observed, expected)
    for (const fault of points) {
      const { status, observed } = await play('well', [fault])
      assert.deepEqual([status, observed], ['succeeded', expected], JSON.stringify(fault))
    }
  })

  test('names a guest that cannot be moved, which runs on; the tries are counted over deaths', async () => {
    const clean = await play('never', [])
    assert.equal(clean.status, 'failed')
    assert.equal(clean.failure?.code, 'host.maintenance-stuck')
    const expected = {
      hosts: ['ErrorInMaintenance', 'Enabled'],
      vm: { state: 'Running', host_id: 1 },
      moves: 0,
      alerts: 0,
      // alto.maintenance.move.attempts
      migrations: 3,
    }
    assert.deepEqual(clean.observed, expected)
    for (const fault of points) {
      const { status, observed } = await play('never', [fault])
      assert.deepEqual([status, observed], ['failed', expected], JSON.stringify(fault))
    }
  })

  test('a cancelled maintenance leaves the host as whoever cancelled it made it', async () => {
    const world = await makeWorld('never')
    const { db } = world.ctx
    await db.updateTable('host').set({ resource_state: 'Enabled' }).where('id', '=', 1).execute()
    const options = { makeWorld: () => world, input, lockKey: 'host:1' }
    const { status, failure, observed } = await playScenario(hostMaintenanceWorkflow, options, [])
    assert.deepEqual([status, failure?.code], ['failed', 'host.maintenance-over'])
    assert.deepEqual((observed as { hosts: unknown }).hosts, ['Enabled', 'Enabled'])
  })
})
