import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CommandDefinition, roleTypes } from '../define-command.ts'
import type { Field, ResponseDefinition } from '../define-response.ts'
import { commands, listVirtualMachines } from '../registry.ts'
import { answerBody, answerText } from './answer.ts'
import { objectText } from './object-text.ts'
import { serialise } from './serialise.ts'
import { shapeObject } from './shape.ts'

const all = Object.values<CommandDefinition>(commands).flatMap(({ response }) =>
  response === 'success' ? [] : [response],
)
const distinct = [...new Set<ResponseDefinition>(all)]
const anyText = fc.string({ unit: 'binary' })
const free = fc.dictionary(fc.string(), fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null)))

function anyValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  const nested = field.of ? viewOf(field.of, depth - 1) : free
  switch (field.type) {
    case 'string':
      return fc.oneof(anyText, fc.constantFrom('', 'Running', '\ud800', '"\\\n'))
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'long':
      return fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -0))
    case 'float':
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'date':
      return fc.oneof(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), fc.constant(0))
    case 'list':
    case 'set':
      return depth > 0 ? fc.array(nested, { maxLength: 3 }) : fc.constant([])
    case 'map':
      return free
    case 'object':
      return depth > 0 || !field.of ? nested : fc.constant(null)
  }
}

/** Some of the fields, in any order, some of them null or undefined. */
function viewOf(response: ResponseDefinition, depth: number): fc.Arbitrary<object> {
  const fields = Object.keys(response.fields)
  return fc
    .shuffledSubarray(fields, { maxLength: Math.min(12, fields.length) })
    .chain((names) =>
      fc
        .tuple(
          ...names.map((name) =>
            fc.oneof(
              { weight: 8, arbitrary: anyValue(response.fields[name]!, depth) },
              { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
            ),
          ),
        )
        .map((values) => Object.fromEntries(names.map((name, at) => [name, values[at]]))),
    )
}

test('the text of any view is that of its shape, for every response and role', () => {
  assert.ok(distinct.length > 60)
  for (const response of distinct) {
    // Each view twice, and shapes of the same making after another: what is remembered of one must not show in the next.
    fc.assert(
      fc.property(fc.array(viewOf(response, 2), { maxLength: 4 }), fc.constantFrom(...roleTypes), (views, role) => {
        for (const view of [...views, ...views]) {
          assert.equal(objectText(response, view, role), JSON.stringify(shapeObject(response, view, role)))
        }
      }),
      { numRuns: 15 },
    )
  }
})

test('rows of one make differ where their values do', () => {
  const rows = [
    { id: 'a', name: 'x', cpunumber: 1, haenable: true, created: 1000, details: { a: '1' }, nic: [{ id: 'n' }] },
    { id: 'b', name: 'x', cpunumber: 1, haenable: false, created: 1000, details: { a: '1' }, nic: [{ id: 'n' }] },
    { id: 'b', name: null, cpunumber: 2, haenable: false, created: 2000, details: {}, nic: [] },
    {
      id: 'b',
      name: 'x',
      cpunumber: undefined,
      haenable: null,
      created: 1000,
      details: { a: '2' },
      nic: [{ id: 'm' }],
    },
  ]
  const { response } = listVirtualMachines
  for (const row of [...rows, ...rows.toReversed()])
    assert.equal(objectText(response, row, 'Admin'), JSON.stringify(shapeObject(response, row, 'Admin')))
})

test('a field that is not declared or has another type is a Bug, in the tenth row as in the first', () => {
  const { response } = listVirtualMachines
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ id: 'a', stray: 1 }, /UserVmResponse has no field stray/],
    [{ id: 1 }, /UserVmResponse.id must be a string, not 1/],
    [{ id: 'a', cpunumber: '1' }, /UserVmResponse.cpunumber must be a integer, not a string/],
    [{ id: 'a', haenable: 1 }, /UserVmResponse.haenable must be a boolean, not 1/],
    [{ id: 'a', created: 1.5 }, /UserVmResponse.created must be a date, not 1.5/],
    [{ id: 'a', nic: {} }, /UserVmResponse.nic must be a set, not a object/],
    [{ id: 'a', nic: [7] }, /an item of NicResponse is 7/],
    [{ id: 'a', nic: [{ stray: 1 }] }, /NicResponse has no field stray/],
    [{ id: 'a', details: { of: Number.NaN } }, /an answer holds NaN/],
  ]
  for (const [view, message] of bad) {
    for (let turn = 0; turn < 3; turn++) {
      objectText(response, { id: 'a', nic: [{ id: 'n' }] }, 'Admin')
      assert.throws(() => shapeObject(response, view, 'Admin'), message)
      assert.throws(() => objectText(response, view, 'Admin'), message)
    }
  }
})

test('a list is the same text as its body', () => {
  const items = [{ id: 'a', name: 'ä"\n' }, { id: 'b' }]
  for (const format of ['json', 'xml'] as const) {
    for (const answer of [
      { kind: 'list', items, count: 7 },
      { kind: 'list', items: [], count: 7 },
      { kind: 'list', items: [], count: 0 },
      { kind: 'object', view: items[0]! },
    ] as const) {
      assert.equal(
        answerText(listVirtualMachines, answer, 'User', { format, version: '4' }),
        serialise(format, 'listvirtualmachinesresponse', answerBody(listVirtualMachines, answer, 'User'), '4'),
      )
    }
  }
})
