import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeValue, encodeBlock, encodeValue, readBlock } from './block-codec.ts'
import { fieldOf, type Sample, sampleOf } from './series.ts'

test('a value comes back within 0.04 %, from fractions of a percent to petabytes; nothing stays nothing', () => {
  assert.equal(decodeValue(encodeValue(0)), 0)
  assert.ok(Number.isNaN(decodeValue(encodeValue(Number.NaN))))
  assert.ok(Number.isNaN(decodeValue(encodeValue(-1))))
  for (let value = 0.01; value < 2 ** 60; value *= 1.37) {
    const back = decodeValue(encodeValue(value))
    assert.ok(Math.abs(back - value) / (value + 1) < 0.0004, `${value} came back as ${back}`)
  }
  assert.ok(decodeValue(encodeValue(Number.MAX_VALUE)) > 2 ** 65)
})

test('a block gives each object its own sample and refuses one of another shard', () => {
  const samples = new Map<number, Sample>([
    [64, sampleOf('vm', { cpu: 12.5, memory: 2 ** 31, netRx: 0, diskWrite: 123_456 })],
    [127, sampleOf('vm', { memory: 5 })],
  ])
  const bytes = encodeBlock('vm', samples)
  assert.equal(bytes.length, 1 + 2 * 17)
  const back = new Map<number, Sample>()
  readBlock('vm', 1, bytes, (id, sample) => back.set(id, sample))
  assert.deepEqual([...back.keys()], [64, 127])
  const first = back.get(64) as Sample
  assert.ok(Math.abs((fieldOf('vm', first, 'cpu') ?? 0) - 12.5) < 0.01)
  assert.equal(fieldOf('vm', first, 'netRx'), 0)
  assert.equal(fieldOf('vm', first, 'netTx'), undefined)
  const only: number[] = []
  readBlock('vm', 1, bytes, (id) => only.push(id), new Set([127]))
  assert.deepEqual(only, [127])
  assert.throws(() => encodeBlock('vm', new Map([...samples, [128, samples.get(64) as Sample]])), /wrong block/)
  // Bytes of another kind or a torn block say nothing rather than something wrong.
  readBlock('volume', 1, bytes.subarray(0, 20), () => assert.fail('was read'))
})
