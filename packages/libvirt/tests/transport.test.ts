import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectError, connectLibvirt, isLibvirtError, type LibvirtClient } from '../src/index.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { cannotRun, startLibvirtd, type TestDaemon } from './libvirtd.ts'

const driverUri = 'test:///default'

describe('transports to a real libvirtd', { skip: cannotRun(), timeout: 120_000 }, () => {
  let daemon: TestDaemon
  let certificates: Certificates
  let dir: string
  const clients: LibvirtClient[] = []

  async function open(options: Parameters<typeof connectLibvirt>[0]): Promise<LibvirtClient> {
    const client = await connectLibvirt({ driverUri, reconnect: false, ...options })
    clients.push(client)
    return client
  }

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'alto-certificates-'))
    certificates = makeCertificates(dir)
    daemon = await startLibvirtd({ certificates, config: ['keepalive_interval = 1', 'keepalive_count = 1'] })
  })

  after(async () => {
    for (const client of clients) await client.close()
    await daemon?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  function pem(who: 'client' | 'stranger'): { ca: Buffer; cert: Buffer; key: Buffer } {
    const { ca } = certificates
    const identity = certificates[who]
    return { ca: readFileSync(ca.certFile), cert: readFileSync(identity.certFile), key: readFileSync(identity.keyFile) }
  }

  it('speaks over the unix socket, given as a path and as a URI', async () => {
    const byPath = await open({ socket: daemon.socket })
    assert.equal(await byPath.host.getType(), 'TEST')
    const byUri = await open({ uri: `test+unix:///default?socket=${daemon.socket}` })
    assert.equal(await byUri.host.getUri(), driverUri)
  })

  it('speaks over TCP', async () => {
    const client = await open({ host: '127.0.0.1', port: daemon.tcpPort, tls: false })
    assert.deepEqual(
      (await client.host.listAllDomains()).map((domain) => domain.name),
      ['test'],
    )
    const byUri = await open({ uri: `test+tcp://127.0.0.1:${daemon.tcpPort}/default` })
    assert.equal(await byUri.host.getUri(), driverUri)
  })

  it('speaks over TLS with certificates on both sides', async () => {
    const client = await open({ host: '127.0.0.1', port: daemon.tlsPort, tls: pem('client') })
    assert.equal(await client.host.getType(), 'TEST')
    const xml = await client.domain.getXmlDesc(await client.domain.lookupByName('test'))
    assert.match(xml, /<name>test<\/name>/)
  })

  it('refuses a daemon whose certificate its CA did not sign, and names that', async () => {
    const tls = { ...pem('client'), ca: readFileSync(join(dir, 'other-ca.pem')) }
    await assert.rejects(open({ host: '127.0.0.1', port: daemon.tlsPort, tls }), (error) => {
      assert.ok(error instanceof ConnectError)
      assert.equal(error.code, 'TLS_FAILED')
      assert.match(error.message, /self-signed certificate|unable to verify|issuer/)
      return true
    })
  })

  it('refuses a daemon whose certificate names another host', async () => {
    const tls = { ...pem('client'), serverName: 'elsewhere.example' }
    await assert.rejects(open({ host: '127.0.0.1', port: daemon.tlsPort, tls }), /elsewhere\.example/)
  })

  it("says so when the daemon refuses the client's certificate, or gets none", async () => {
    for (const tls of [pem('stranger'), { ca: pem('client').ca }]) {
      await assert.rejects(open({ host: '127.0.0.1', port: daemon.tlsPort, tls }), (error) => {
        assert.ok(error instanceof ConnectError)
        assert.equal(error.code, 'TLS_FAILED')
        assert.match(error.message, /refused the client certificate/)
        return true
      })
    }
  })

  it('names what it cannot reach', async () => {
    await assert.rejects(open({ socket: join(dir, 'nothing') }), /unix socket .*nothing: .*does not exist: is libvirtd/)
    await assert.rejects(open({ host: '127.0.0.1', port: 1, tls: false }), /tcp 127\.0\.0\.1:1: .*nothing listens/)
    await assert.rejects(open({ uri: 'qemu+ssh://host/system' }), /"ssh" is not supported; use unix, tcp or tls/)
  })

  it('passes on the refusal of a driver', async () => {
    await assert.rejects(open({ socket: daemon.socket, driverUri: 'nosuch:///x' }), (error) =>
      isLibvirtError(error, 'NO_CONNECT', 'CONFIG_UNSUPPORTED', 'INVALID_ARG'),
    )
  })

  it('may only read over the read-only socket', async () => {
    const client = await open({ socket: daemon.readOnlySocket, readOnly: true })
    const domain = await client.domain.lookupByName('test')
    await assert.rejects(client.domain.destroy(domain), (error) => isLibvirtError(error, 'OPERATION_DENIED'))
  })

  it("answers the daemon's keepalive: an idle client is not cut off", async () => {
    const client = await open({ socket: daemon.socket, keepalive: { intervalMs: 0 } })
    await sleep(3200)
    assert.equal(client.state, 'connected')
    assert.equal(await client.host.getType(), 'TEST')
  })

  it('answers a hundred calls at once, each with its own answer', async () => {
    const client = await open({ socket: daemon.socket })
    const names = Array.from({ length: 100 }, (_, i) => `pipelined-${i}`)
    const xml = (name: string): string =>
      `<domain type='test'><name>${name}</name><memory>1024</memory><os><type>hvm</type></os></domain>`
    const defined = await Promise.all(names.map((name) => client.domain.defineXml(xml(name))))
    assert.deepEqual(
      defined.map((domain) => domain.name),
      names,
    )
    await Promise.all(defined.map((domain) => client.domain.undefine(domain)))
    assert.equal((await client.host.listAllDomains()).length, 1)
  })
})
