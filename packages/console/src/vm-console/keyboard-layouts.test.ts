import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LayoutName, layouts, strokesOf } from './keyboard-layouts.ts'

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

for (const name of Object.keys(layouts) as LayoutName[]) {
  test(`${name}: every printable character of ASCII has its keys, each key of a row a place`, () => {
    assert.deepEqual(
      strokesOf(printable, name).filter(({ strokes }) => strokes === undefined),
      [],
    )
    for (const level of ['plain', 'shift'] as const)
      assert.deepEqual(
        layouts[name][level].map((row) => [...row].length),
        [13, 12, 12, 11],
        level,
      )
  })
}

test('the same sign is on other keys', () => {
  const of = (char: string, name: LayoutName) => strokesOf(char, name)[0]?.strokes
  assert.deepEqual(of('@', 'us'), [{ code: 'Digit2', shift: true, altGr: false }])
  assert.deepEqual(of('@', 'de'), [{ code: 'KeyQ', shift: false, altGr: true }])
  assert.deepEqual(of('a', 'fr'), [{ code: 'KeyQ', shift: false, altGr: false }])
  assert.deepEqual(of('\n', 'us'), [{ code: 'Enter', shift: false, altGr: false }])
})

test('a key that waits for the next one is followed by a space, and what a layout lacks has no keys', () => {
  assert.equal(strokesOf('^', 'de')[0]?.strokes?.length, 2)
  assert.equal(strokesOf('^', 'fr')[0]?.strokes?.length, 1)
  assert.equal(strokesOf('漢', 'us')[0]?.strokes, undefined)
})
