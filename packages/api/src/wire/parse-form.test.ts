import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AltoError } from '@altostack/core'
import fc from 'fast-check'
import { firstValue, mergePairs, type Pair, parseForm, printable } from './parse-form.ts'

test('duplicates and order are kept, plus is a space, empty parts are skipped', () => {
  assert.deepEqual(parseForm('b=1&a=x+y&&b=2&c&d=%2B%C3%BC&details[0].key=a%3Db'), [
    ['b', '1'],
    ['a', 'x y'],
    ['b', '2'],
    ['c', ''],
    ['d', '+ü'],
    ['details[0].key', 'a=b'],
  ])
  assert.deepEqual(parseForm(''), [])
  assert.deepEqual(parseForm('a=b=c'), [['a', 'b=c']])
})

for (const text of ['a=%', 'a=%4', 'a=%zz', '%=1', 'a=%ff', 'a=%C3', '=1', 'a=%ED%A0%80']) {
  test(`refuses ${text}`, () => assert.throws(() => parseForm(text), { code: 'api.bad-request' }))
}

test('limits hold', () => {
  const limits = { maxLength: 20, maxPairs: 2 }
  assert.equal(parseForm('a=1&b=2', limits).length, 2)
  assert.throws(() => parseForm('a=1&b=2&c=3', limits), { api: 400 })
  assert.throws(() => parseForm('a'.repeat(21), limits), { api: 400 })
})

test('what is encoded comes back', () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          word.filter((name) => name !== ''),
          word,
        ),
      ),
      (pairs) => {
        const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
        assert.deepEqual(parseForm(text), pairs)
      },
    ),
  )
})

test('any text is parsed or refused by name, never worse', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('%', 'a', '&', '=', '+', 'C', '3', '[', '0', ']', '.', 'ü') }),
      (text) => {
        try {
          for (const [name] of parseForm(text)) assert.notEqual(name, '')
        } catch (error) {
          assert.ok(error instanceof AltoError)
        }
      },
    ),
  )
})

test('the query overrides the body', () => {
  const query: readonly Pair[] = [['a', 'query']]
  const merged = mergePairs(query, [
    ['a', 'body'],
    ['b', 'body'],
  ])
  assert.deepEqual(merged, [
    ['a', 'query'],
    ['b', 'body'],
  ])
  assert.equal(firstValue(merged, 'A'), 'query')
  assert.equal(firstValue(merged, 'c'), undefined)
})

test('printable text is one short line', () => {
  assert.equal(printable('a\nb\u0000'), 'a?b?')
  assert.equal(printable('x'.repeat(100)).length, 65)
})
