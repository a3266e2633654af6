import 'reflect-metadata'
import assert from 'node:assert/strict'
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { systemRuntime } from '@altostack/core'
import * as x509 from '@peculiar/x509'
import { createAuthorityMaterial, normalSerial, openAuthority } from './certificate-authority.ts'
import { loadServerCertificate } from './server-certificate.ts'
import { certificateRefusal } from './trust.ts'

const runtime = systemRuntime()
const names = { dns: ['node1.lab'], addresses: ['10.1.2.3', 'fe80::1'] }

async function request(namedCurve = 'P-256'): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify'])
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=whatever',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  return csr.toString('pem')
}

test('a host certificate chains to the authority, names the host and its addresses, and lives as long as asked', async () => {
  const authority = await openAuthority(await createAuthorityMaterial(runtime), runtime)
  const hostUuid = runtime.uuid()
  const issued = await authority.issueForHost(await request(), { hostUuid, names, validityMs: 7 * 86_400_000 })
  const node = new X509Certificate(issued.certificate)
  const ca = new X509Certificate(authority.certificate)
  assert.equal(ca.ca, true)
  assert.ok(node.verify(ca.publicKey))
  assert.equal(node.subject, `CN=${hostUuid}`)
  assert.ok(node.checkHost('node1.lab') && node.checkIP('10.1.2.3') && node.checkIP('fe80::1'))
  assert.equal(normalSerial(node.serialNumber), issued.serial)
  assert.equal(node.fingerprint256.replaceAll(':', '').toLowerCase(), issued.fingerprint)
  assert.ok(Math.abs(issued.notAfter - runtime.now() - 7 * 86_400_000) < 5000)
  assert.match(authority.fingerprint, /^[0-9a-f]{64}$/)
})

test('requests that are no requests, or of another curve, are refused', async () => {
  const authority = await openAuthority(await createAuthorityMaterial(runtime), runtime)
  const subject = { hostUuid: runtime.uuid(), names, validityMs: 1000 }
  await assert.rejects(authority.issueForHost('hello', subject))
  await assert.rejects(authority.issueForHost(await request('P-384'), subject), /P-256/)
  const good = await request()
  const broken = good.replace(/[A-Za-z]{4}(?=[^\n]*\n-----END)/, 'AAAA')
  await assert.rejects(authority.issueForHost(broken, subject))
})

test('the server certificate is kept while good and made anew when a name is missing', async () => {
  const authority = await openAuthority(await createAuthorityMaterial(runtime), runtime)
  const directory = await mkdtemp(join(tmpdir(), 'alto-ca-'))
  try {
    const first = await loadServerCertificate(authority, runtime, directory, { dns: ['a'], addresses: ['127.0.0.1'] })
    const again = await loadServerCertificate(authority, runtime, directory, { dns: ['a'], addresses: ['127.0.0.1'] })
    assert.equal(again.certificate, first.certificate)
    const more = await loadServerCertificate(authority, runtime, directory, { dns: ['a', 'b'], addresses: [] })
    assert.notEqual(more.certificate, first.certificate)
    assert.ok(new X509Certificate(more.certificate).checkPrivateKey(createPrivateKey(more.key)))
    assert.equal((await stat(join(directory, 'tls/server.key'))).mode & 0o777, 0o600)
    const later = { ...runtime, now: () => runtime.now() + 330 * 86_400_000 }
    const renewed = await loadServerCertificate(authority, later, directory, { dns: ['a', 'b'], addresses: [] })
    assert.notEqual(renewed.certificate, more.certificate)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('every bad certificate has its own reason', () => {
  const certificate = {
    id: 1,
    serial: 'ab',
    host_id: 1,
    host_uuid: 'u',
    issued: 0,
    expires: 100,
    revoked: null,
    superseded: null,
    fingerprint: 'f',
  }
  const host = { id: 1, uuid: 'u', removed: null }
  const peer = { serial: 'ab', fingerprint: 'f', address: '10.0.0.1' }
  const code = (...args: Parameters<typeof certificateRefusal>): string | undefined => certificateRefusal(...args)?.code
  assert.equal(code(peer, { certificate, host }, 50), undefined)
  assert.equal(code({ address: 'x' }, undefined, 50), 'agent.no-certificate')
  assert.equal(
    code({ ...peer, chainError: 'CERT_HAS_EXPIRED' }, { certificate, host }, 50),
    'agent.certificate-expired',
  )
  assert.equal(code({ ...peer, chainError: 'SELF_SIGNED' }, { certificate, host }, 50), 'agent.certificate-foreign')
  assert.equal(code(peer, undefined, 50), 'agent.certificate-unknown')
  assert.equal(code({ ...peer, fingerprint: 'g' }, { certificate, host }, 50), 'agent.certificate-unknown')
  assert.equal(code(peer, { certificate: { ...certificate, revoked: 1 }, host }, 50), 'agent.certificate-revoked')
  assert.equal(code(peer, { certificate: { ...certificate, superseded: 1 }, host }, 50), 'agent.certificate-superseded')
  assert.equal(code(peer, { certificate, host }, 100), 'agent.certificate-expired')
  assert.equal(code(peer, { certificate, host: { ...host, removed: 5 } }, 50), 'agent.host-unknown')
  assert.equal(code(peer, { certificate, host: undefined }, 50), 'agent.host-unknown')
})
