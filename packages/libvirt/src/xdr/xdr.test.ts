import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { everyCodec, fuzz } from '../../tests/fuzz.ts'
import { RandomSource, seeded } from '../../tests/random-source.ts'
import * as x from './codec.ts'
import { XdrError, type XdrErrorCode } from './xdr-error.ts'

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

function refuses(run: () => unknown, code: XdrErrorCode): void {
  assert.throws(run, (error) => error instanceof XdrError && error.code === code, code)
}

describe('XDR', () => {
  it('encodes as RFC 4506 says', () => {
    assert.deepEqual(x.encode(x.int, -2), hex('fffffffe'))
    assert.deepEqual(x.encode(x.uhyper, 2n ** 64n - 1n), hex('ffffffffffffffff'))
    assert.deepEqual(x.encode(x.string(9), 'alto5'), hex('00000005 616c746f 35000000'))
    assert.deepEqual(x.encode(x.array(x.int, 3), [1, 2]), hex('00000002 00000001 00000002'))
    assert.deepEqual(x.encode(x.nullable(x.int), null), hex('00000000'))
    assert.deepEqual(x.encode(x.nullable(x.int), 7), hex('00000001 00000007'))
    assert.deepEqual(x.encode(x.uchar, 200), hex('000000c8'))
    assert.deepEqual(x.encode(x.double, 1), hex('3ff0000000000000'))
    const id = '00112233-4455-6677-8899-aabbccddeeff'
    assert.deepEqual(x.encode(x.uuid, id), hex('00112233445566778899aabbccddeeff'))
    assert.equal(x.decode(x.uuid, hex('00112233445566778899aabbccddeeff')), id)
  })

  it('refuses bytes that are no value of the type', () => {
    refuses(() => x.decode(x.int, hex('0000')), 'truncated')
    refuses(() => x.decode(x.int, hex('00000000 00')), 'trailing-bytes')
    refuses(() => x.decode(x.bool, hex('00000002')), 'bad-boolean')
    refuses(() => x.decode(x.nullable(x.int), hex('00000003 00000000')), 'bad-boolean')
    refuses(() => x.decode(x.string(4), hex('00000005 6161616161000000')), 'too-long')
    refuses(() => x.decode(x.string(9), hex('00000001 61000001')), 'bad-padding')
    refuses(() => x.decode(x.string(9), hex('00000002 61000000')), 'bad-string')
    refuses(() => x.decode(x.string(9), hex('00000002 c3280000')), 'bad-utf8')
    refuses(() => x.decode(x.uchar, hex('00000100')), 'bad-value')
    const arms = x.union<{ type: 'a'; value: number }>({ a: { tag: 1, codec: x.int } })
    refuses(() => x.decode(arms, hex('00000002 00000000')), 'bad-discriminant')
  })

  it('refuses values that the type cannot hold', () => {
    refuses(() => x.encode(x.int, 2 ** 31), 'bad-value')
    refuses(() => x.encode(x.uint, -1), 'bad-value')
    refuses(() => x.encode(x.int, 1.5), 'bad-value')
    refuses(() => x.encode(x.hyper, 2n ** 63n), 'bad-value')
    refuses(() => x.encode(x.uhyper, 5 as unknown as bigint), 'bad-value')
    refuses(() => x.encode(x.string(3), 'äöü'), 'too-long')
    refuses(() => x.encode(x.string(9), 'a\0b'), 'bad-string')
    refuses(() => x.encode(x.string(9), '\ud800'), 'bad-string')
    refuses(() => x.encode(x.array(x.int, 1), [1, 2]), 'too-long')
    refuses(() => x.encode(x.fixedOpaque(2), new Uint8Array(3)), 'bad-value')
    refuses(() => x.encode(x.uuid, 'no'), 'bad-uuid')
    refuses(() => x.encode(x.nullable(x.int), undefined as unknown as null), 'bad-value')
    refuses(() => x.encode(x.opaque(2 ** 30), new Uint8Array(100), 50), 'message-too-large')
  })

  it('does not believe a count that the payload cannot hold', () => {
    const big = x.array(x.struct<{ a: bigint; b: string }>({ a: x.uhyper, b: x.string(9) }), 2 ** 31)
    refuses(() => x.decode(big, hex('7fffffff 0000000000000001')), 'truncated')
  })

  it('gives back what it was given, for every type of the protocol', () => {
    const property = fc.property(fc.integer({ min: 0, max: everyCodec.length - 1 }), fc.integer(), (index, seed) => {
      const codec = everyCodec[index]![1]
      const value = codec.read(new RandomSource(seeded(seed)))
      const bytes = x.encode(codec, value)
      assert.ok(bytes.length >= codec.minBytes && bytes.length % 4 === 0)
      assert.deepEqual(x.decode(codec, bytes), value)
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('gives back any string and any bytes', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
    fc.assert(
      fc.property(text, (value) => assert.equal(x.decode(x.string(1e6), x.encode(x.string(1e6), value)), value)),
    )
    const bytes = fc.uint8Array({ maxLength: 1000 })
    fc.assert(fc.property(bytes, (v) => assert.deepEqual(x.decode(x.opaque(1000), x.encode(x.opaque(1000), v)), v)))
  })

  it('answers random and damaged bytes with a value or a typed error', () => {
    const { accepted, refused } = fuzz(5000, 42)
    assert.ok(accepted > 500 && refused > 500, `${accepted} accepted, ${refused} refused`)
  })
})
