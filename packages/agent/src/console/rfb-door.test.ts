import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { byteReader } from './byte-reader.ts'
import { enterRfb, vncResponse, welcomeRfb } from './rfb-door.ts'

/** Two ends of one connection in memory. */
function pair(): [Duplex, Duplex] {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk)
        done()
      },
      final(done) {
        other().push(null)
        done()
      },
    })
  const one: Duplex = end(() => two)
  const two: Duplex = end(() => one)
  return [one, two]
}

test('the response to a challenge is DES with reversed key bits', () => {
  // Computed with openssl: des-ecb, key 0e86ceceeef64e26 (`password` with reversed bits), data 0 to 15.
  const challenge = Buffer.from([...Array(16).keys()])
  assert.equal(vncResponse(challenge, 'password').toString('hex'), 'b866924125c8eebb9debc1db61c538e2')
})

test('the host passes the door with the password and opens another without one', async () => {
  const [host, vnc] = pair()
  const [channel, viewer] = pair()
  const challenge = Buffer.alloc(16, 7)
  const server = (async () => {
    const reader = byteReader(vnc)
    vnc.write('RFB 003.008\n')
    assert.equal((await reader.take(12)).toString(), 'RFB 003.008\n')
    vnc.write(Buffer.from([2, 1, 2]))
    assert.deepEqual([...(await reader.take(1))], [2])
    vnc.write(challenge)
    assert.deepEqual(await reader.take(16), vncResponse(challenge, 'secret'))
    vnc.write(Buffer.from([0, 0, 0, 0, 99]))
  })()
  const client = (async () => {
    const reader = byteReader(viewer)
    assert.equal((await reader.take(12)).toString(), 'RFB 003.008\n')
    viewer.write('RFB 003.008\n')
    assert.deepEqual([...(await reader.take(2))], [1, 1])
    viewer.write(Buffer.from([1]))
    assert.deepEqual([...(await reader.take(4))], [0, 0, 0, 0])
  })()
  const hostReader = byteReader(host)
  await enterRfb(host, hostReader, 'secret')
  await welcomeRfb(channel, byteReader(channel))
  await Promise.all([server, client])
  assert.deepEqual([...(await hostReader.take(1))], [99], 'what comes after the door is still there')
})

test('a refusal is told in the words of the VNC server; an early end is an error', async () => {
  const [host, vnc] = pair()
  vnc.write('RFB 003.008\n')
  vnc.write(
    Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(16), Buffer.from([0, 0, 0, 1, 0, 0, 0, 3]), Buffer.from('bad')]),
  )
  await assert.rejects(enterRfb(host, byteReader(host), 'x'), /bad/)
  const [other, gone] = pair()
  gone.end('RFB')
  await assert.rejects(enterRfb(other, byteReader(other), 'x'), /ended early|closed/)
})
