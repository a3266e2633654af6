import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseProperties, updateProperties } from './java-properties.ts'

test('reads what java.util.Properties reads', () => {
  const text =
    '# comment\n! too\n\nhost=10.0.0.1,10.0.0.2\nport : 8250\n  guid 6d1f\nlong = a \\\n    b\nkey\\=x=1\\u0041\nempty=\n'
  assert.deepEqual(
    [...parseProperties(text)],
    [
      ['host', '10.0.0.1,10.0.0.2'],
      ['port', '8250'],
      ['guid', '6d1f'],
      ['long', 'a b'],
      ['key=x', '1A'],
      ['empty', ''],
    ],
  )
})

test('an update keeps comments, order and unknown keys', () => {
  const text = '# mine\nhost=localhost\n\n# workers\nworkers=5\n'
  assert.equal(
    updateProperties(text, { host: '10.0.0.9', guid: 'abc', workers: undefined }),
    '# mine\nhost=10.0.0.9\n\n# workers\nguid=abc\n',
  )
})

test('what is written is read back, whatever the characters', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })), (values) => {
      const read = parseProperties(updateProperties('# head\n', values))
      assert.deepEqual(Object.fromEntries(read), { ...values })
    }),
    { numRuns: 500 },
  )
})
