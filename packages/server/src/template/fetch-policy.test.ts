import assert from 'node:assert/strict'
import test from 'node:test'
import { readChecksum } from './checksum.ts'
import { fetchPolicy } from './fetch-policy.ts'

test('internal addresses are refused, in every way of writing them, unless named', () => {
  const strict = fetchPolicy('')
  const internal = ['127.0.0.1', '10.2.3.4', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']
  const wrapped = ['::7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1', '2002:7f00:1::', '2001::1', 'fec0::1']
  for (const address of [
    ...internal,
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    ...wrapped,
    'nonsense',
  ]) {
    assert.equal(strict.refusal(address, 'http://x/')?.code, 'template.address-refused', address)
  }
  for (const address of ['8.8.8.8', '2001:4860::1', '172.32.0.1']) assert.equal(strict.refusal(address, 'u'), undefined)
  const open = fetchPolicy('127.0.0.0/8, 10.0.0.5, bad/99, fd00::/8')
  assert.equal(open.refusal('127.0.0.1', 'u'), undefined)
  assert.equal(open.refusal('10.0.0.5', 'u'), undefined)
  assert.equal(open.refusal('fd00::7', 'u'), undefined)
  assert.equal(open.refusal('10.0.0.6', 'u')?.code, 'template.address-refused')
})

test('checksums are told by name or by length', () => {
  assert.deepEqual(readChecksum('{SHA-256}' + 'A'.repeat(64)), { algorithm: 'sha256', hex: 'a'.repeat(64) })
  assert.equal(readChecksum('{md5}' + '0'.repeat(32)).algorithm, 'md5')
  assert.equal(readChecksum('0'.repeat(128)).algorithm, 'sha512')
  for (const bad of ['', 'xyz', '{SHA-256}' + '0'.repeat(32), '{CRC}00', '0'.repeat(33)]) {
    assert.throws(() => readChecksum(bad), { code: 'template.checksum-form' })
  }
})
