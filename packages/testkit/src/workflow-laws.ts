import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Json } from '@altostack/core'
import type { Step, Workflow } from '@altostack/workflow'
import { type Fault, playScenario, type Scenario, type WorldOptions } from './workflow-scenario.ts'

export type LawOptions<C, I> = WorldOptions<C, I> & {
  /** Golden: what happens in a run that goes well, and in one whose last step fails. Read them when they change. */
  readonly journal: { readonly succeeds: readonly string[]; readonly unwinds: readonly string[] }
  /** The outcome of a failed run tells where it failed; default: every failure leaves the same world. */
  readonly failureDependsOnStep?: boolean
}

/**
 * The four laws, for any workflow: a step may be repeated; a run that fails at any step leaves nothing behind; so does one
 * whose effect happened while its reply was lost; and a crash before or after any effect, undo or commit changes no
 * outcome. The order of what happened is asserted as well, because idempotent steps hide an engine's faults.
 */
export function workflowLaws<C, I extends Json>(workflow: Workflow<C, I>, options: LawOptions<C, I>): void {
  const { succeeds, unwinds } = options.journal
  const taken = succeeds.map((line) => {
    const step = workflow.steps.find(({ name }) => line === `do ${name}`)
    assert.ok(step, `the golden journal of ${workflow.name} says "${line}", which no step does`)
    return step
  })
  const play = (...faults: Fault[]): Promise<Scenario> => playScenario(workflow, options, faults)
  const last = taken.at(-1)?.name ?? ''
  const failures = new Map<string, Json>()

  async function success(): Promise<Scenario> {
    const scenario = await play()
    assert.equal(scenario.status, 'succeeded', JSON.stringify(scenario.failure))
    return scenario
  }
  /** What the world looks like when the run fails at a step, before its effect. */
  async function failed(step: string): Promise<Json> {
    const key = options.failureDependsOnStep ? step : (taken[0]?.name ?? '')
    const known = failures.get(key)
    if (known !== undefined) return known
    const scenario = await play({ at: 'before-do', step: key, how: 'fail' })
    assert.equal(scenario.status, 'failed')
    failures.set(key, scenario.observed)
    return scenario.observed
  }
  function assertUsed(scenario: Scenario): void {
    assert.deepEqual(scenario.unused, [], 'a fault was never reached')
  }

  describe(`laws of ${workflow.name}`, () => {
    test('goes well, in the order of the golden journal', async () => {
      assert.deepEqual((await success()).journal, succeeds)
    })

    test('unwinds in the order of the golden journal when the last step fails', async () => {
      const scenario = await play({ at: 'before-do', step: last, how: 'fail' })
      assert.deepEqual([scenario.status, scenario.journal], ['failed', unwinds])
    })

    for (const [index, step] of taken.entries()) {
      if (step.kind === 'effect') {
        test(`${step.name} may be repeated`, async () => {
          const scenario = await play({ at: 'after-do', step: step.name, how: 'repeat' })
          assertUsed(scenario)
          assert.deepEqual(scenario.journal, [...succeeds.slice(0, index + 1), ...succeeds.slice(index)])
          assert.deepEqual(scenario.observed, (await success()).observed)
        })
      }
      for (const at of ['before-do', 'after-do'] as const) {
        const lost = at === 'before-do' ? 'fails' : 'takes effect and its reply is lost'
        test(`nothing is left when ${step.name} ${lost}`, async () => {
          const scenario = await play({ at, step: step.name, how: 'fail' })
          assertUsed(scenario)
          assert.equal(scenario.status, 'failed')
          assert.deepEqual(scenario.journal, [...succeeds.slice(0, index + 1), ...undosFrom(taken, index)])
          assert.deepEqual(scenario.observed, await failed(step.name))
        })
        test(`a crash ${at === 'before-do' ? 'before' : 'after'} the effect of ${step.name} changes nothing`, async () => {
          const scenario = await play({ at, step: step.name, how: 'crash' })
          assertUsed(scenario)
          const again = resumesAt(taken, index)
          assert.deepEqual(scenario.journal, [...succeeds.slice(0, index + 1), 'crash', ...succeeds.slice(again)])
          assert.deepEqual([scenario.status, scenario.observed], ['succeeded', (await success()).observed])
        })
      }
    }

    for (const step of undone(taken, taken.length - 1)) {
      for (const at of ['before-undo', 'after-undo'] as const) {
        for (const how of ['crash', 'fail'] as const) {
          const what = how === 'crash' ? 'a crash' : 'an error'
          test(`${what} ${at === 'before-undo' ? 'before' : 'after'} the undo of ${step.name} changes nothing`, async () => {
            const scenario = await play({ at: 'after-do', step: last, how: 'fail' }, { at, step: step.name, how })
            assertUsed(scenario)
            // A crash in the very transaction that would have saved the failure: the last step runs again, and goes well.
            const expected = scenario.status === 'succeeded' ? (await success()).observed : await failed(last)
            if (scenario.status === 'succeeded') assert.deepEqual([step.kind, how], ['transact', 'crash'])
            assert.deepEqual(scenario.observed, expected)
            if (step.kind === 'effect') {
              const expectedJournal = [...unwinds]
              const again = how === 'crash' ? ['crash', `undo ${step.name}`] : [`undo ${step.name}`]
              expectedJournal.splice(unwinds.indexOf(`undo ${step.name}`) + 1, 0, ...again)
              assert.deepEqual(scenario.journal, expectedJournal)
            }
          })
        }
      }
    }

    test('a crash before or after any commit changes nothing', async () => {
      const clean = await success()
      for (let nth = 0; nth < clean.commits; nth++) {
        for (const at of ['before-commit', 'after-commit'] as const) {
          const scenario = await play({ at, nth, how: 'crash' })
          assertUsed(scenario)
          assert.deepEqual([scenario.status, scenario.observed], ['succeeded', clean.observed], `${at} ${nth}`)
        }
      }
      const sad = await play({ at: 'after-do', step: last, how: 'fail' })
      for (let nth = 0; nth < sad.commits; nth++) {
        for (const at of ['before-commit', 'after-commit'] as const) {
          const scenario = await play({ at: 'after-do', step: last, how: 'fail' }, { at, nth, how: 'crash' })
          assertUsed(scenario)
          const expected = scenario.status === 'succeeded' ? clean.observed : sad.observed
          assert.deepEqual(scenario.observed, expected, `${at} ${nth} of a failing run`)
        }
      }
    })
  })
}

/** Index of the last effect before a database step: its `done` is in the same transaction, so a crash repeats it. */
function resumesAt(taken: readonly Step[], index: number): number {
  if (taken[index]?.kind === 'effect') return index
  return Math.max(
    0,
    taken.slice(0, index).findLastIndex((step) => step.kind === 'effect'),
  )
}

/** Steps that are undone when the step at `index` fails, in order: a failed database batch leaves nothing to undo. */
function undone(taken: readonly Step[], index: number): readonly Step[] {
  const begun =
    taken[index]?.kind === 'effect'
      ? taken.slice(0, index + 1)
      : taken.slice(0, 1 + taken.slice(0, index).findLastIndex((step) => step.kind === 'effect'))
  return begun.filter((step) => step.undo !== undefined).toReversed()
}

function undosFrom(taken: readonly Step[], index: number): readonly string[] {
  return undone(taken, index).map((step) => `undo ${step.name}`)
}
