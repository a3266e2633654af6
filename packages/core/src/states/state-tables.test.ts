import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as core from '../index.ts'
import { InvalidTransitionError, type StateMachine } from '../state-machine.ts'

const machines = (Object.values(core) as unknown[]).filter(
  (value): value is StateMachine => typeof value === 'object' && value !== null && 'rows' in value && 'next' in value,
)

test('the tables are found', () => assert.ok(machines.length >= 7))

for (const machine of machines) {
  const events = [...new Set(machine.rows.map(([, event]) => event))]

  test(`${machine.name}: every pair is in the table or throws`, () => {
    for (const state of machine.states) {
      for (const event of events) {
        const row = machine.rows.find(([from, on]) => from === state && on === event)
        if (row) assert.equal(machine.next(state, event), row[2])
        else assert.throws(() => machine.next(state, event), InvalidTransitionError)
        assert.equal(machine.can(state, event), row !== undefined)
      }
    }
  })

  test(`${machine.name}: every transitional state has an exit`, () => {
    for (const state of machine.transitional) {
      assert.ok(
        machine.rows.some(([from, , to]) => from === state && to !== state),
        `${state} has no exit`,
      )
    }
  })
}
