import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ProtocolError } from '../errors.ts'
import { int, string } from '../xdr/codec.ts'
import { decodeMessage, encodeMessage, Framer } from './message.ts'

const header = { program: 0x20008086, version: 1, procedure: 3, type: 0, serial: 9, status: 0 }

describe('frames', () => {
  it('begin with their own length and the header', () => {
    const frame = encodeMessage(header, int, 5)
    assert.equal(
      frame.toString('hex'),
      '00000020' + '20008086' + '00000001' + '00000003' + '00000000' + '00000009' + '00000000' + '00000005',
    )
    assert.deepEqual(decodeMessage(frame), { header, payload: frame.subarray(28) })
  })

  it('come out whole however the bytes arrive', () => {
    const texts = fc.array(
      fc.string({ maxLength: 400 }).filter((s) => !s.includes('\0')),
      { maxLength: 20 },
    )
    const property = fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 300 })), (values, sizes) => {
      const sent = values.map((value) => encodeMessage(header, string(4000), value))
      const bytes = Buffer.concat(sent)
      const framer = new Framer()
      const received: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value!
        received.push(...framer.push(bytes.subarray(at, at + size)))
        at += size
      }
      assert.deepEqual(received, sent)
      assert.equal(framer.held, 0)
    })
    fc.assert(property, { numRuns: 200 })
  })

  it('of an impossible length are refused before anything is kept for them', () => {
    for (const size of [0, 27, 33554437, 0xffffffff]) {
      const word = Buffer.alloc(4)
      word.writeUInt32BE(size)
      assert.throws(
        () => new Framer().push(word),
        (e) => e instanceof ProtocolError && e.message.includes(String(size)),
      )
    }
  })

  it('of an unknown type or status are refused', () => {
    for (const bad of [
      { ...header, type: 7 },
      { ...header, type: 4 },
      { ...header, status: 3 },
    ]) {
      assert.throws(() => decodeMessage(encodeMessage(bad, int, 1)), ProtocolError)
    }
  })
})
