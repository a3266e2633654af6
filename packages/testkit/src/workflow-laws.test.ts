import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '@altostack/core'
import { defineWorkflow, type WorkflowTables } from '@altostack/workflow'
import { openTestSqlite } from './node-sqlite.ts'
import { recordStoredRuns, resumeStoredRuns } from './stored-runs.ts'
import { workflowLaws } from './workflow-laws.ts'
import { type LawWorld, playScenario } from './workflow-scenario.ts'

/** Shelves outside the database, and a table `thing` whose row is claimed and moved inside it. */
type World = { readonly shelf: Map<string, string>; readonly careless?: string }
type Tables = WorkflowTables & { thing: { id: string; state: string; claimed: number } }
type Input = { readonly id: string; readonly label?: string }

async function makeWorld(snapshot?: Json): Promise<LawWorld<World>> {
  const db = openTestSqlite<Tables>()
  await db.schema
    .createTable('thing')
    .addColumn('id', 'varchar(36)')
    .addColumn('state', 'varchar(16)')
    .addColumn('claimed', 'integer')
    .execute()
  await db.insertInto('thing').values({ id: 't1', state: 'Starting', claimed: 0 }).execute()
  const shelf = new Map(Object.entries((snapshot ?? {}) as Record<string, string>))
  return {
    ctx: { shelf },
    db,
    snapshot: () => Object.fromEntries(shelf),
    observe: async () => {
      const thing = await db.selectFrom('thing').select(['state', 'claimed']).executeTakeFirstOrThrow()
      return { ...thing, shelf: [...shelf.values()].toSorted() }
    },
  }
}
const put = (name: string) => ({
  do: async (s: { ctx: World; key: string }) => void s.ctx.shelf.set(s.key, name),
  undo: async (s: { ctx: World; key: string }) => void s.ctx.shelf.delete(s.key),
})
const workflow = defineWorkflow<World, Input, Tables>('thing.start')
  .transact('claim', {
    do: async (tx, s) => {
      await tx
        .updateTable('thing')
        .set((eb) => ({ claimed: eb('claimed', '+', 1) }))
        .where('id', '=', s.input.id)
        .execute()
      return { size: 1 }
    },
    undo: async (tx, s) => {
      const { size } = s.out.claim
      await tx
        .updateTable('thing')
        .set((eb) => ({ claimed: eb('claimed', '-', size) }))
        .where('id', '=', s.input.id)
        .execute()
    },
  })
  .step('prepare', put('prepared'))
  .step('label', { when: (s) => s.input.label !== undefined, ...put('labelled') })
  .transact('note', { do: async () => ({ noted: true }) })
  .transact('count', {
    do: async (tx) =>
      void (await tx
        .updateTable('thing')
        .set((eb) => ({ claimed: eb('claimed', '+', 10) }))
        .execute()),
    undo: async (tx) =>
      void (await tx
        .updateTable('thing')
        .set((eb) => ({ claimed: eb('claimed', '-', 10) }))
        .execute()),
  })
  .step('light', {
    do: async (s) => void s.ctx.shelf.set(s.key, 'lit'),
    undo: async (s) => void s.ctx.shelf.delete(s.key),
  })
  .onSucceeded(async (tx) => void (await tx.updateTable('thing').set({ state: 'Running' }).execute()))
  .onFailed(async (tx) => void (await tx.updateTable('thing').set({ state: 'Stopped' }).execute()))
  .build()

const options = { makeWorld, input: { id: 't1' }, lockKey: 'thing:t1' }
workflowLaws(workflow, {
  ...options,
  journal: {
    succeeds: ['do claim', 'do prepare', 'do note', 'do count', 'do light'],
    unwinds: [
      'do claim',
      'do prepare',
      'do note',
      'do count',
      'do light',
      'undo light',
      'undo count',
      'undo prepare',
      'undo claim',
    ],
  },
})
workflowLaws(workflow, {
  ...options,
  input: { id: 't1', label: 'x' },
  journal: {
    succeeds: ['do claim', 'do prepare', 'do label', 'do note', 'do count', 'do light'],
    unwinds: [
      ...['do claim', 'do prepare', 'do label', 'do note', 'do count', 'do light'],
      ...['undo light', 'undo count', 'undo label', 'undo prepare', 'undo claim'],
    ],
  },
})
// A workflow that ends in the database: its last batch is one with the end.
workflowLaws(
  defineWorkflow<World, Input, Tables>('thing.stop')
    .step('dim', put('dim'))
    .transact('free', { do: async (tx) => void (await tx.updateTable('thing').set({ claimed: 0 }).execute()) })
    .onSucceeded(async (tx) => void (await tx.updateTable('thing').set({ state: 'Stopped' }).execute()))
    .build(),
  { ...options, journal: { succeeds: ['do dim', 'do free'], unwinds: ['do dim', 'do free', 'undo dim'] } },
)

test('the laws catch a step whose effect is not repeatable, and an undo that forgets something', async () => {
  let counter = 0
  const random = defineWorkflow<World, Input, Tables>('thing.careless')
    .step('mint', {
      do: async (s) => void s.ctx.shelf.set(`key-${counter++}`, 'minted'),
      undo: async (s) => s.ctx.shelf.clear(),
    })
    .step('leak', { do: async (s) => void s.ctx.shelf.set(s.key, 'leaked') })
    .build()
  const clean = await playScenario(random, options, [])
  const repeated = await playScenario(random, options, [{ at: 'after-do', step: 'mint', how: 'crash' }])
  assert.notDeepEqual(repeated.observed, clean.observed)
  const early = await playScenario(random, options, [{ at: 'before-do', step: 'mint', how: 'fail' }])
  const forgetful = defineWorkflow<World, Input, Tables>('thing.forgetful')
    .step('leak', { do: async (s) => void s.ctx.shelf.set(s.key, 'leaked') })
    .build()
  const lost = await playScenario(forgetful, options, [{ at: 'after-do', step: 'leak', how: 'fail' }])
  assert.notDeepEqual(lost.observed, early.observed)
})

const stored = await recordStoredRuns('0.1.0', workflow, { ...options, input: { id: 't1', label: 'x' } })
test('a run is recorded at each effect', () => {
  assert.deepEqual(
    stored.map((run) => `${run.unwinding ? 'undo ' : ''}${run.cutAt}`),
    ['prepare', 'label', 'light', 'undo prepare', 'undo label', 'undo light'],
  )
  assert.deepEqual(JSON.parse(JSON.stringify(stored)), stored)
})
resumeStoredRuns(stored, workflow, {
  ...options,
  expectedFailed: { state: 'Stopped', claimed: 0, shelf: [] },
  expected: { state: 'Running', claimed: 11, shelf: ['labelled', 'lit', 'prepared'] },
})
