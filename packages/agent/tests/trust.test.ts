import 'reflect-metadata'
import assert from 'node:assert/strict'
import { randomUUID, type webcrypto } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { systemRuntime } from '@altostack/core'
import * as x509 from '@peculiar/x509'
import { silentLog } from '../src/log.ts'
import { agentPaths } from '../src/paths.ts'
import { openSettings } from '../src/properties/settings.ts'
import { certificateFingerprint, readIdentity } from '../src/trust/identity.ts'
import { joinServer, parseJoinToken } from '../src/trust/join.ts'
import { keepRenewed, renewCertificate } from '../src/trust/renewal.ts'
import { makeAuthority, type TestAuthority } from './agent-host.ts'

const runtime = systemRuntime()
const hostUuid = randomUUID()
let dir = ''
let authority: TestAuthority
let server: Server
let address = ''
const asked: { path: string; client: string; body: Record<string, unknown> }[] = []
let answerCa: string

/** /join and /renew as the server answers them. */
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'alto-trust-'))
  authority = await makeAuthority()
  answerCa = authority.ca
  const { certificate, key } = await authority.issue('server', [{ type: 'ip', value: '127.0.0.1' }])
  const options = { cert: certificate, key, ca: authority.ca, requestCert: true, rejectUnauthorized: false } as const
  server = createServer({ ...options, minVersion: 'TLSv1.3' }, (request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk))
    request.on('end', async () => {
      const body = JSON.parse(text) as Record<string, unknown>
      const client = String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? '')
      asked.push({ path: request.url ?? '', client, body })
      if (body.secret === 'used'.repeat(10)) {
        const said = {
          code: 'agent.join-token',
          message: 'The join token is not valid',
          seen: 'it was used',
          fix: 'Make another.',
        }
        return response.writeHead(403).end(JSON.stringify(said))
      }
      const csr = new x509.Pkcs10CertificateRequest(String(body.csr))
      const publicKey = await csr.publicKey.export()
      const issued = await authority.issue(hostUuid, [{ type: 'ip', value: '127.0.0.1' }], {
        publicKey,
      } as webcrypto.CryptoKeyPair)
      response.end(JSON.stringify({ hostUuid, certificate: issued.certificate, ca: answerCa, servers: [address] }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.closeAllConnections()
  server.close()
  rmSync(dir, { recursive: true })
})

function token(over: object = {}): string {
  const plain = {
    servers: [address],
    caFingerprint: certificateFingerprint(authority.ca),
    id: randomUUID(),
    secret: 's'.repeat(40),
    ...over,
  }
  return Buffer.from(JSON.stringify(plain)).toString('base64url')
}
function place(): { paths: ReturnType<typeof agentPaths>; settings: ReturnType<typeof openSettings> } {
  const paths = agentPaths({ root: join(dir, randomUUID()) })
  const settings = openSettings(paths.config)
  settings.set({ 'alto.machine.id': 'm'.repeat(32) })
  return { paths, settings }
}

test('a token makes an identity; the servers stand in agent.properties; a dead server is passed over', async () => {
  const { paths, settings } = place()
  const joined = await joinServer(
    runtime,
    paths,
    settings,
    parseJoinToken(token({ servers: ['127.0.0.1:1', address] })),
  )
  assert.equal(joined, hostUuid)
  const identity = readIdentity(paths)
  assert.equal(identity?.hostUuid, hostUuid)
  assert.equal(settings.get('host'), address)
  assert.equal(settings.get('guid'), hostUuid)
  assert.equal(asked.at(-1)?.body.machineId, 'm'.repeat(32))
})

test('another management server at an address of the token is passed over and told nothing', async () => {
  const { certificate, key } = await (await makeAuthority()).issue('other', [{ type: 'ip', value: '127.0.0.1' }])
  let told = 0
  const other = createServer({ cert: certificate, key, minVersion: 'TLSv1.3' }, () => void told++)
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    const { paths, settings } = place()
    const servers = [`127.0.0.1:${(other.address() as AddressInfo).port}`, address]
    assert.equal(await joinServer(runtime, paths, settings, parseJoinToken(token({ servers }))), hostUuid)
    assert.equal(told, 0)
  } finally {
    other.closeAllConnections()
    other.close()
  }
})

test('a server of another CA gets no secret; a refused token keeps the reason of the server', async () => {
  const { paths, settings } = place()
  const before = asked.length
  const foreign = parseJoinToken(token({ caFingerprint: 'a'.repeat(64) }))
  await assert.rejects(joinServer(runtime, paths, settings, foreign), { code: 'agent.foreign-ca' })
  assert.equal(asked.length, before)
  const used = parseJoinToken(token({ secret: 'used'.repeat(10) }))
  await assert.rejects(joinServer(runtime, paths, settings, used), { code: 'agent.join-refused', fix: 'Make another.' })
  assert.equal(readIdentity(paths), undefined)
  assert.throws(() => parseJoinToken('nonsense'), { code: 'agent.join-refused' })
  answerCa = (await makeAuthority()).ca
  await assert.rejects(joinServer(runtime, paths, settings, parseJoinToken(token())), { code: 'agent.foreign-ca' })
  answerCa = authority.ca
})

test('renewal proves the old certificate, and a crash between its two files is finished', async () => {
  const { paths, settings } = place()
  await joinServer(runtime, paths, settings, parseJoinToken(token()))
  const old = readIdentity(paths)
  assert.ok(old)
  const next = await renewCertificate(runtime, paths, old, [address])
  assert.equal(asked.at(-1)?.client, hostUuid)
  assert.notEqual(next.key, old.key)
  assert.equal(readIdentity(paths)?.certificate, next.certificate)
  // As a crash leaves it: the key is in place, the certificate is not.
  renameSync(paths.certificate, `${paths.certificate}.next`)
  writeFileSync(paths.certificate, old.certificate)
  assert.equal(readIdentity(paths)?.certificate, next.certificate)
  // As an earlier crash leaves it: nothing has begun but both are written.
  writeFileSync(`${paths.key}.next`, old.key)
  writeFileSync(`${paths.certificate}.next`, old.certificate)
  assert.equal(readIdentity(paths)?.key, old.key)
  assert.equal(readFileSync(paths.certificate, 'utf8'), old.certificate)
})

test('a certificate two thirds through its life is renewed by itself', async () => {
  const { paths, settings } = place()
  await joinServer(runtime, paths, settings, parseJoinToken(token()))
  let identity = readIdentity(paths)
  assert.ok(identity)
  const old = identity
  const lateRuntime = { ...runtime, now: () => runtime.now() + 4 * 86_400_000 }
  const renewed = new Promise<void>((resolve) => {
    const stop = keepRenewed({
      runtime: lateRuntime,
      log: silentLog(),
      paths,
      identity: () => identity ?? old,
      servers: () => [address],
      renewed: (next) => {
        identity = next
        stop()
        resolve()
      },
    })
  })
  const alive = setInterval(() => {}, 1000)
  await renewed
  clearInterval(alive)
  assert.notEqual(identity.certificate, old.certificate)
})
