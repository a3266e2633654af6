import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionLostError, LibvirtError, ProtocolError } from '../errors.ts'
import { connectGetLibVersionRet, domainScreenshotRet, netMessageError } from '../generated/types.ts'
import { nodeTimers } from '../timers.ts'
import { type Codec, encode } from '../xdr/codec.ts'
import { Connection } from './connection.ts'
import { decodeMessage, encodeMessage, Framer, type Header, type Message } from './message.ts'

const record = {
  code: 42,
  domain: 10,
  message: 'no',
  level: 2,
  dom: null,
  str1: null,
  str2: null,
  str3: null,
  int1: 0,
  int2: 0,
  net: null,
}
const raw: Codec<Uint8Array> = { minBytes: 0, write: (to, value) => to.raw(value), read: () => new Uint8Array(0) }

describe('a connection to a peer that misbehaves', () => {
  let server: Server
  let behave: (message: Message, socket: Socket) => void
  const open: Connection[] = []
  const calls: Header[] = []

  before(async () => {
    server = createServer((socket) => {
      const framer = new Framer()
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        for (const frame of framer.push(chunk)) {
          calls.push(decodeMessage(frame).header)
          behave(decodeMessage(frame), socket)
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(() => {
    calls.length = 0
    for (const connection of open.splice(0)) connection.destroy('the test is over')
  })

  after(() => server.close())

  async function connection(keepalive = { intervalMs: 0, count: 0 }): Promise<Connection> {
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1')
    await once(socket, 'connect')
    const options = { timers: nodeTimers, keepalive, callTimeoutMs: 5000, maxInFlight: 5, onEvent: () => undefined }
    const made = new Connection(socket, options)
    open.push(made)
    return made
  }

  function reply(header: Header, payload: Uint8Array, more: Partial<Header> = {}): Buffer {
    return encodeMessage({ ...header, type: 1, ...more }, raw, payload)
  }

  const version = encode(connectGetLibVersionRet, { libVer: 9000000n })

  it('matches answers that come in another order', async () => {
    const waiting: Header[] = []
    behave = ({ header }, socket) => {
      waiting.push(header)
      if (waiting.length < 2) return
      socket.write(reply(waiting[1]!, encode(netMessageError, record), { status: 1 }))
      socket.write(reply(waiting[0]!, version))
    }
    const peer = await connection()
    const [first, second] = await Promise.allSettled([
      peer.call('connectGetLibVersion', undefined),
      peer.call('connectGetHostname', undefined),
    ])
    assert.deepEqual(first, { status: 'fulfilled', value: { libVer: 9000000n } })
    assert.ok(
      second.status === 'rejected' && second.reason instanceof LibvirtError && second.reason.codeName === 'NO_DOMAIN',
    )
  })

  it('an answer that cannot be read fails its call alone', async () => {
    let bad = true
    behave = ({ header }, socket) => {
      socket.write(reply(header, bad ? Buffer.alloc(3) : version))
      bad = false
    }
    const peer = await connection()
    await assert.rejects(peer.call('connectGetLibVersion', undefined), (error) => {
      return (
        error instanceof ProtocolError && /connectGetLibVersion: the answer cannot be read: 8 bytes/.test(error.message)
      )
    })
    assert.deepEqual(await peer.call('connectGetLibVersion', undefined), { libVer: 9000000n })
  })

  it('what nobody asked for, and what is no frame, ends the connection by name', async () => {
    const wrong: [(header: Header) => Buffer, RegExp][] = [
      [(header) => reply(header, version, { serial: header.serial + 7 }), /serial \d+, was not asked for/],
      [(header) => reply(header, version, { procedure: 1 }), /procedure 1, .*was not asked for/],
      [(header) => reply(header, version, { type: 0 }), /type 0 was not asked for/],
      [(header) => reply(header, version, { type: 9 }), /unknown type 9/],
      [() => Buffer.from('HTTP/1.1 400 Bad Request\r\n'), /announces 1213486160 bytes/],
      [() => Buffer.from([0, 0, 0, 5, 1]), /announces 5 bytes/],
    ]
    for (const [answer, message] of wrong) {
      behave = ({ header }, socket) => socket.write(answer(header))
      const peer = await connection()
      await assert.rejects(peer.call('domainCreateXml', { xmlDesc: '<x/>', flags: 0 }), (error) => {
        assert.ok(error instanceof ConnectionLostError && error.mayHaveTakenEffect, String(error))
        assert.match(error.message, message)
        return true
      })
      assert.match((await peer.ended).message, message)
    }
  })

  it('keeps one place free for calls that never block, so that an abort can overtake', async () => {
    behave = () => undefined
    const peer = await connection()
    const dom = { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: 1 }
    const pending: Promise<unknown>[] = Array.from({ length: 8 }, () => peer.call('domainSuspend', { dom }))
    pending.push(peer.call('domainAbortJob', { dom }, { urgent: true }), peer.call('connectGetLibVersion', undefined))
    const settled = Promise.allSettled(pending)
    await sleep(50)
    assert.deepEqual(
      calls.map((header) => header.procedure),
      [34, 34, 34, 34, 164],
    )
    peer.destroy('enough')
    const effects = (await settled).map((result) => {
      return result.status === 'rejected' && (result.reason as ConnectionLostError).mayHaveTakenEffect
    })
    assert.deepEqual(effects, [true, true, true, true, false, false, false, false, true, false])
  })

  it('keeps the bytes of a stream that overtake the answer to its call', async () => {
    const dom = { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: 1 }
    behave = ({ header }, socket) => {
      const piece = (bytes: string, status: number): Buffer =>
        encodeMessage({ ...header, type: 3, status }, raw, Buffer.from(bytes))
      if (header.type === 3) socket.write(piece('', 0))
      else
        socket.write(
          Buffer.concat([
            piece('first ', 2),
            reply(header, encode(domainScreenshotRet, { mime: 'x/y' })),
            piece('second', 2),
            piece('', 2),
          ]),
        )
    }
    const peer = await connection()
    const { ret, stream } = await peer.callStream('domainScreenshot', { dom, screen: 0, flags: 0 })
    assert.equal(ret.mime, 'x/y')
    assert.equal((await stream.readAll()).toString(), 'first second')
  })

  it('forgets the stream of a call that fails', async () => {
    const dom = { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: 1 }
    behave = ({ header }, socket) => {
      socket.write(reply(header, encode(netMessageError, record), { status: 1 }))
    }
    const peer = await connection()
    const call = peer.callStream('domainScreenshot', { dom, screen: 0, flags: 0 })
    await assert.rejects(call, (error) => error instanceof LibvirtError && error.codeName === 'NO_DOMAIN')
  })

  it('answers a ping with a pong, and gives up a peer that answers none', async () => {
    const ping = { program: 0x6b656570, version: 1, procedure: 1, type: 2, serial: 0, status: 0 }
    behave = ({ header }, socket) => {
      if (header.program !== ping.program) socket.write(encodeMessage(ping, raw, new Uint8Array(0)))
    }
    const peer = await connection({ intervalMs: 40, count: 2 })
    peer.call('connectGetLibVersion', undefined).catch(() => undefined)
    peer.startKeepalive()
    const reason = await peer.ended
    assert.match(reason.message, /answers no keepalive for \d+ ms/)
    const keepalive = calls.filter((header) => header.program === ping.program).map((header) => header.procedure)
    assert.deepEqual(keepalive, [2, 1, 1])
  })
})
