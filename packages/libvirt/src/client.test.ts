import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { type ConnectedInfo, connectLibvirt, type LibvirtClient, type LibvirtOptions } from './client.ts'
import { ConnectError, ConnectionLostError, isLibvirtError } from './errors.ts'
import { eventMessages, type Procedures, procedures } from './generated/procedures.ts'
import { netMessageError } from './generated/types.ts'
import { decodeMessage, encodeMessage, Framer, type Header } from './rpc/message.ts'
import type { TimerHandle, Timers } from './timers.ts'
import { type Codec, decode } from './xdr/codec.ts'

const domain = { name: 'guest', uuid: '11111111-2222-3333-4444-555555555555', id: 1 }

/** Speaks the daemon's side of the protocol over a real socket, so that the order of its words can be chosen. */
class ScriptedDaemon {
  readonly server: Server
  readonly sockets = new Set<Socket>()
  readonly calls: string[] = []
  authTypes: number[] = [0]
  /** Told before the answer to a registration leaves. */
  onRegister: (callbackID: number, eventID: number, socket: Socket) => void = () => undefined
  #callbackID = 0

  constructor() {
    this.server = createServer((socket) => {
      this.sockets.add(socket)
      const framer = new Framer()
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        for (const frame of framer.push(chunk)) this.#answer(decodeMessage(frame), socket)
      })
    })
  }

  get port(): number {
    return (this.server.address() as { port: number }).port
  }

  lifecycle(socket: Socket, callbackID: number, event: number): void {
    const { number, message } = eventMessages.domainEventCallbackLifecycle
    const header = { program: 0x20008086, version: 1, procedure: number, type: 2, serial: 0, status: 0 }
    socket.write(encodeMessage(header, message, { callbackID, msg: { dom: domain, event, detail: 0 } }))
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  #answer({ header, payload }: { header: Header; payload: Buffer }, socket: Socket): void {
    const found = Object.values(procedures).find((p) => p.program === 'remote' && p.number === header.procedure)
    const name = found?.name as keyof Procedures
    this.calls.push(name)
    const reply = <K extends keyof Procedures>(of: K, ret: Procedures[K]['ret']): void => {
      const codec = procedures[of].ret as Codec<Procedures[K]['ret']>
      socket.write(encodeMessage({ ...header, type: 1 }, codec, ret))
    }
    if (name === 'authList') reply('authList', { types: this.authTypes })
    else if (name === 'authPolkit') reply('authPolkit', { complete: 1 })
    else if (name === 'connectSupportsFeature') reply('connectSupportsFeature', { supported: 0 })
    else if (name === 'connectGetType') reply('connectGetType', { type: 'SCRIPTED' })
    else if (name === 'connectDomainEventCallbackRegisterAny') {
      const { eventID } = decode(procedures.connectDomainEventCallbackRegisterAny.args, payload)
      const callbackID = this.#callbackID++
      this.onRegister(callbackID, eventID, socket)
      reply('connectDomainEventCallbackRegisterAny', { callbackID })
    } else if (name === 'domainDestroyFlags') {
      const nothing = { dom: null, str1: null, str2: null, str3: null, int1: 0, int2: 0, net: null }
      const record = { code: 4242, domain: 4242, message: 'from the future', level: 2, ...nothing }
      socket.write(encodeMessage({ ...header, type: 1, status: 1 }, netMessageError, record))
    } else reply('connectClose', undefined)
  }
}

/** Runs pauses at once and remembers how long they should have been. */
function hurriedTimers(pauses: number[]): Timers {
  return {
    now: () => performance.now(),
    random: () => 0.5,
    after(ms, run): TimerHandle {
      const isPause = ms < 1000
      if (isPause) pauses.push(ms)
      const handle = setTimeout(run, isPause ? 1 : ms)
      return { cancel: () => clearTimeout(handle) }
    },
  }
}

describe('the client', () => {
  const daemon = new ScriptedDaemon()
  const clients: LibvirtClient[] = []

  before(async () => {
    daemon.server.listen(0, '127.0.0.1')
    await once(daemon.server, 'listening')
  })

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close()
    daemon.calls.length = 0
    daemon.onRegister = () => undefined
    daemon.authTypes = [0]
  })

  after(() => daemon.server.close())

  async function open(options: LibvirtOptions = {}): Promise<LibvirtClient> {
    const client = await connectLibvirt({ host: '127.0.0.1', port: daemon.port, tls: false, ...options })
    clients.push(client)
    return client
  }

  it('authenticates, asks about keepalive, opens the driver, in this order', async () => {
    await open()
    assert.deepEqual(daemon.calls, ['authList', 'connectSupportsFeature', 'connectOpen'])
    daemon.authTypes = [2]
    daemon.calls.length = 0
    await open()
    assert.deepEqual(daemon.calls, ['authList', 'authPolkit', 'connectSupportsFeature', 'connectOpen'])
  })

  it('refuses a daemon that wants SASL, by name and with a way out', async () => {
    daemon.authTypes = [1]
    await assert.rejects(open(), (error) => {
      assert.ok(error instanceof ConnectError && error.code === 'AUTH_UNSUPPORTED')
      assert.match(error.message, /wants SASL.*use the unix socket as root, or TLS/)
      return true
    })
  })

  it('loses no event that overtakes the answer to its registration', async () => {
    daemon.onRegister = (callbackID, _eventID, socket) => daemon.lifecycle(socket, callbackID, 2)
    const client = await open()
    const events: number[] = []
    await client.on('lifecycle', (event) => events.push(event.event))
    assert.deepEqual(events, [2])
  })

  it('tells subscriptions apart and forgets closed ones', async () => {
    const client = await open()
    const first: number[] = []
    const second: number[] = []
    const subscription = await client.on('lifecycle', (event) => first.push(event.event))
    await client.on('lifecycle', (event) => second.push(event.event), domain)
    const [socket] = daemon.sockets
    const ids: number[] = []
    daemon.onRegister = (callbackID) => ids.push(callbackID)
    await client.on('reboot', () => assert.fail('a lifecycle event is no reboot'))
    const last = ids[0]!
    daemon.lifecycle(socket!, last - 2, 1)
    daemon.lifecycle(socket!, last - 1, 2)
    daemon.lifecycle(socket!, last, 3)
    await client.host.getType()
    assert.deepEqual([first, second], [[1], [2]])
    await subscription.close()
    assert.equal(daemon.calls.at(-1), 'connectDomainEventCallbackDeregisterAny')
    daemon.lifecycle(socket!, last - 2, 4)
    await client.host.getType()
    assert.deepEqual(first, [1])
  })

  it('a handler that throws harms neither the others nor the connection', async () => {
    const failures: unknown[] = []
    const client = await open({ onHandlerError: (error) => failures.push(error) })
    const seen: number[] = []
    const ids: number[] = []
    daemon.onRegister = (callbackID) => ids.push(callbackID)
    await client.on('lifecycle', () => {
      throw new Error('mine')
    })
    await client.on('lifecycle', (event) => seen.push(event.event))
    const [socket] = daemon.sockets
    for (const id of ids) daemon.lifecycle(socket!, id, 7)
    assert.equal(await client.host.getType(), 'SCRIPTED')
    assert.deepEqual([seen, failures.map(String)], [[7], ['Error: mine']])
  })

  it('comes back with longer and longer pauses, registers again and says so', async () => {
    const pauses: number[] = []
    const connected: ConnectedInfo[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const client = await open({
      timers: hurriedTimers(pauses),
      reconnect: { minDelayMs: 100, maxDelayMs: 500 },
      connectTimeoutMs: 5000,
      onConnected: (info) => {
        connected.push(info)
        if (info.resync) resolve()
      },
    })
    const events: number[] = []
    await client.on('lifecycle', (event) => events.push(event.event))
    daemon.authTypes = [1]
    daemon.cut()
    while (pauses.length < 5) await new Promise((next) => setImmediate(next))
    assert.equal(client.state, 'connecting')
    await assert.rejects(client.host.getType(), (e) => e instanceof ConnectionLostError && !e.mayHaveTakenEffect)
    daemon.authTypes = [0]
    daemon.calls.length = 0
    daemon.onRegister = (callbackID, _eventID, socket) => daemon.lifecycle(socket, callbackID, 9)
    await promise
    assert.deepEqual(pauses.slice(0, 5), [75, 150, 300, 375, 375])
    assert.deepEqual(
      connected.map((info) => info.resync),
      [false, true],
    )
    assert.ok(connected[1]!.failures >= 4)
    assert.ok(daemon.calls.includes('connectDomainEventCallbackRegisterAny'))
    assert.deepEqual(events, [9])
  })

  it('tries again at once when a call comes during a pause', async () => {
    let failed = 0
    const client = await open({
      reconnect: { minDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
      onConnectFailed: () => failed++,
    })
    daemon.authTypes = [1]
    daemon.cut()
    while (client.state !== 'connecting') await new Promise((next) => setImmediate(next))
    await assert.rejects(client.host.getType(), (e) => e instanceof ConnectionLostError && !e.mayHaveTakenEffect)
    assert.equal(failed, 1)
    daemon.authTypes = [0]
    const answers = await Promise.all([client.host.getType(), client.host.getType()])
    assert.equal(client.state, 'connected')
    assert.equal(answers.length, 2)
  })

  it('names an error code that it does not know UNKNOWN and keeps the number', async () => {
    const client = await open()
    await assert.rejects(client.domain.destroy(domain), (error) => {
      return (
        isLibvirtError(error) && error.codeName === 'UNKNOWN' && error.code === 4242 && error.domainName === 'UNKNOWN'
      )
    })
  })
})
