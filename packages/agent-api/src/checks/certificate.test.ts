import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { certificateCheck } from './certificate.ts'
import { type CheckSubject, subjectOf } from './check-subject.ts'

const uuid = '0f5d7c9e-0000-4000-8000-000000000000'
const day = 86_400_000

test('a certificate is judged by time, chain, name, serial, key and addresses', () => {
  const dir = mkdtempSync(join(tmpdir(), 'alto-certificate-'))
  const openssl = (...args: string[]): string => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' }).toString()
  const authority = (name: string): void =>
    void openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${name}`,
      '-days',
      '99',
    )
  try {
    authority('ca')
    authority('other')
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'own.key',
      '-out',
      'own.csr',
      '-subj',
      `/CN=${uuid}`,
    )
    writeFileSync(join(dir, 'names'), 'subjectAltName=IP:10.0.0.5\n')
    openssl(
      'x509',
      '-req',
      '-in',
      'own.csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-set_serial',
      '77',
      '-days',
      '7',
      '-extfile',
      'names',
      '-out',
      'own.crt',
    )
    const text = (name: string): string => readFileSync(join(dir, name), 'utf8')
    const ca = new X509Certificate(text('ca.crt'))
    const known = subjectOf({
      joined: true,
      hostUuid: uuid,
      address: '10.0.0.5',
      caFingerprint: createHash('sha256').update(ca.raw).digest('hex'),
    })
    const key = openssl('pkey', '-in', 'own.key', '-pubout')
    const judge = (
      { certificate = text('own.crt'), authorityText = text('ca.crt'), publicKey = key, at = Date.now() + 1000 } = {},
      change: Partial<CheckSubject> = {},
    ): string => {
      const stdout = `${certificate}\n----8<----\n${authorityText}\n----8<----\n${publicKey}`
      const verdict = certificateCheck.judge?.(
        { code: 0, stdout, stderr: '' },
        { ...known, ...change },
        { sent: at, answered: at },
      )
      return `${verdict?.status}: ${verdict?.seen}`
    }
    assert.match(judge(), /^ok: valid until/)
    assert.match(judge({ at: Date.now() + 8 * day }), /^fail: expired/)
    assert.match(judge({ at: Date.now() + 6.5 * day }), /^warn: .*renewal is overdue/)
    assert.match(judge({ at: Date.now() - day }), /^fail: not valid before/)
    assert.match(judge({ authorityText: text('other.crt') }), /^fail: the CA file is of another cloud/)
    assert.match(judge({ certificate: text('other.crt') }), /^fail: not issued by the CA/)
    assert.match(judge({}, { hostUuid: '11111111-0000-4000-8000-000000000000' }), /^fail: names host 0f5d/)
    assert.match(judge({}, { refusedCertificates: { '4d': 'revoked' } }), /^fail: serial 4D is revoked/)
    assert.match(
      judge({ publicKey: openssl('pkey', '-in', 'other.key', '-pubout') }),
      /^fail: the key file does not belong/,
    )
    assert.match(judge({}, { address: '10.0.0.6' }), /^warn: .*lack the host's address 10.0.0.6/)
    assert.match(judge({ certificate: '' }), /^fail/)
    assert.match(judge({ certificate: 'rubbish' }), /^fail: the certificate cannot be read/)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
