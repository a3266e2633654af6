import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cableName, hostNames, labId, labNames } from './names.ts'

test('every name of a lab fits an interface and carries the id of its directory', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 99 }), (dir, count) => {
      const id = labId(dir)
      assert.equal(id, labId(dir))
      const names = labNames(id)
      assert.ok(names.bridge.length <= 15 && names.bridge.includes(id))
      assert.ok(names.nftTable.includes(id))
      for (const host of hostNames(count)) assert.ok(cableName(id, host).length <= 15)
    }),
  )
})

test('other directories give other names', () => {
  assert.notEqual(labId('/srv/one'), labId('/srv/two'))
})

test('ids and counts that would give bad names are refused', () => {
  for (const id of ['', 'abcdef', 'A', 'a b', '../x']) assert.throws(() => labNames(id), { code: 'lab.argument' })
  for (const count of [-1, 1.5, 100, Number.NaN]) assert.throws(() => hostNames(count), { code: 'lab.argument' })
  assert.throws(() => cableName('a1b2c', 'a-long-name'), { code: 'lab.argument' })
})
