import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CallAbortedError,
  CallTimeoutError,
  type ConnectedInfo,
  ConnectionLostError,
  connectLibvirt,
  DomainCreateFlags,
  DomainEventType,
  isLibvirtError,
  type LibvirtClient,
  type LibvirtOptions,
  UnsupportedCallError,
  XdrError,
} from '../src/index.ts'
import { guestXml } from './guest.ts'
import { cannotRun, startLibvirtd, type TestDaemon, until } from './libvirtd.ts'

const reconnect = { minDelayMs: 20, maxDelayMs: 200 }

describe('a libvirtd that stalls, dies and comes back', { skip: cannotRun(), timeout: 120_000 }, () => {
  let daemon: TestDaemon
  const clients: LibvirtClient[] = []

  async function open(options: LibvirtOptions = {}): Promise<LibvirtClient> {
    const client = await connectLibvirt({ socket: daemon.socket, reconnect, ...options })
    clients.push(client)
    return client
  }

  /** A call whose answer was lost may begin only now. */
  async function removeGuests(client: LibvirtClient): Promise<void> {
    for (const end = performance.now() + 500; performance.now() < end; await sleep(50)) {
      for (const domain of await client.host.listAllDomains()) {
        try {
          await client.domain.memoryStats(domain)
          await client.domain.destroy(domain)
        } catch (error) {
          assert.ok(isLibvirtError(error, 'NO_DOMAIN', 'OPERATION_INVALID'), String(error))
        }
      }
    }
  }

  before(async () => {
    daemon = await startLibvirtd({ ownNetwork: true })
  })

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close()
  })

  after(async () => {
    await daemon?.stop()
  })

  it('comes back after kill -9 of libvirtd, registers again and says that events were missed', async () => {
    const connected: ConnectedInfo[] = []
    const lost: Error[] = []
    const events: string[] = []
    const client = await open({ onConnected: (info) => void connected.push(info), onDisconnected: (e) => lost.push(e) })
    assert.deepEqual(
      connected.map((info) => info.resync),
      [false],
    )
    await client.on('lifecycle', (event) => events.push(`${event.dom.name} ${event.event}`))
    const guest = await client.domain.createXml(guestXml({ name: 'stays' }), DomainCreateFlags.PAUSED)
    await until('events', () => events.includes(`stays ${DomainEventType.STARTED}`))

    await daemon.kill()
    await until('the loss', () => lost.length === 1)
    assert.equal(client.state, 'connecting')
    await assert.rejects(client.host.getLibVersion(), (error) => {
      assert.ok(error instanceof ConnectionLostError)
      assert.equal(error.mayHaveTakenEffect, false)
      assert.match(error.message, /no connection to unix socket .* at the moment; it is reconnecting/)
      return true
    })

    events.length = 0
    await daemon.start()
    await until('the reconnect', () => connected.length === 2)
    assert.equal(connected[1]?.resync, true)
    assert.ok(connected[1]!.failures > 0 && connected[1]!.downMs > 0)
    assert.deepEqual(
      (await client.host.listAllDomains()).map((domain) => domain.uuid),
      [guest.uuid],
    )
    // A destroy in the middle of libvirtd's own look at its guests is answered NO_DOMAIN; this waits for that look.
    await client.domain.memoryStats(guest)
    await client.domain.destroy(guest)
    await until('an event on the new connection', () => events.includes(`stays ${DomainEventType.STOPPED}`))
  })

  it('notices a daemon that is frozen by its silence, and says which calls may have had an effect', async () => {
    const connected: ConnectedInfo[] = []
    const client = await open({
      keepalive: { intervalMs: 100, count: 3 },
      onConnected: (info) => void connected.push(info),
      callTimeoutMs: 0,
      maxInFlight: 2,
    })
    await daemon.signal('SIGSTOP')
    const outcome = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)
    const started = performance.now()
    const calls = await Promise.all([
      outcome(client.domain.createXml(guestXml({ name: 'never' }))),
      outcome(client.host.getLibVersion()),
      outcome(client.domain.createXml(guestXml({ name: 'not-even-sent' }))),
    ])
    const took = performance.now() - started
    assert.ok(took > 300 && took < 2000, `${took} ms`)
    for (const error of calls) assert.ok(error instanceof ConnectionLostError, String(error))
    assert.deepEqual(
      calls.map((error) => (error as ConnectionLostError).mayHaveTakenEffect),
      [true, false, false],
    )
    assert.match(
      String(calls[0]),
      /domainCreateXml: libvirt answers no keepalive for \d+ ms; the call may have taken effect/,
    )
    await daemon.signal('SIGCONT')
    await until('the reconnect', () => connected.length === 2)
    await removeGuests(client)
  })

  it('a call ends by its timeout or its signal, and its late answer disturbs nobody', async () => {
    const client = await open({ keepalive: { intervalMs: 0 } })
    await daemon.signal('SIGSTOP')
    const aborter = new AbortController()
    const aborted = client.domain.suspend(
      { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: -1 },
      { signal: aborter.signal },
    )
    const rejected = assert.rejects(aborted, (error) => error instanceof CallAbortedError && error.mayHaveTakenEffect)
    await assert.rejects(client.host.getHostname({ timeoutMs: 50 }), (error) => {
      assert.ok(error instanceof CallTimeoutError)
      assert.match(error.message, /connectGetHostname: no answer from libvirt within 50 ms/)
      return !error.mayHaveTakenEffect
    })
    aborter.abort()
    await rejected
    await daemon.signal('SIGCONT')
    assert.equal(await client.host.getType(), 'QEMU')
    const before = { signal: AbortSignal.abort() }
    await assert.rejects(
      client.host.getType(before),
      (error) => error instanceof CallAbortedError && !error.mayHaveTakenEffect,
    )
  })

  it('refuses by name what it cannot send', async () => {
    const client = await open()
    const domain = { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: -1 }
    await assert.rejects(client.call('domainOpenGraphicsFd', { dom: domain, idx: 0, flags: 0 }), (error) => {
      return (
        error instanceof UnsupportedCallError && /domainOpenGraphicsFd: it passes file descriptors/.test(error.message)
      )
    })
    await assert.rejects(client.call('domainScreenshot', { dom: domain, screen: 0, flags: 0 }), UnsupportedCallError)
    await assert.rejects(client.callStream('domainGetInfo', { dom: domain }), UnsupportedCallError)
    await assert.rejects(
      client.domain.lookupByUuid('no uuid'),
      (error) => error instanceof XdrError && error.code === 'bad-uuid',
    )
    await assert.rejects(
      client.domain.lookupByName('a\0b'),
      (error) => error instanceof XdrError && error.code === 'bad-string',
    )
    assert.equal(await client.host.getType(), 'QEMU')
  })

  it('waits for a daemon that is not there yet, if asked to', async () => {
    await daemon.kill()
    await assert.rejects(
      open(),
      /unix socket .* is libvirtd \(or virtqemud\) installed and running|nothing listens there/,
    )
    const failures: string[] = []
    const late = open({
      reconnect: { ...reconnect, initial: true },
      onConnectFailed: (error) => failures.push(error.message),
    })
    await until('three failed attempts', () => failures.length >= 3)
    await daemon.start()
    assert.equal(await (await late).host.getType(), 'QEMU')
  })

  it('stops at once when closed or aborted while it waits', async () => {
    await daemon.kill()
    const aborter = new AbortController()
    const waiting = connectLibvirt({ socket: daemon.socket, reconnect: { initial: true }, signal: aborter.signal })
    const rejected = assert.rejects(waiting, /closed while connecting/)
    aborter.abort()
    await rejected
    await daemon.start()
  })

  it('does not come back when told not to', async () => {
    let lost = 0
    const client = await open({ reconnect: false, onDisconnected: () => lost++ })
    await daemon.kill()
    await until('the loss', () => lost === 1)
    assert.equal(client.state, 'closed')
    await assert.rejects(client.host.getType(), /the client is closed/)
    await daemon.start()
  })
})
