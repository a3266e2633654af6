import { createHash, createPrivateKey, KeyObject, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import type { Runtime } from '@altostack/core'
import type * as X509 from '@peculiar/x509'

/**
 * Loaded when a certificate is made or a request is read: 212 modules, 90 ms, and a server that starts again makes none. It
 * wants the metadata first.
 */
async function loadX509(): Promise<typeof X509> {
  await import('reflect-metadata')
  return await import('@peculiar/x509')
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const
const dayMs = 86_400_000
/** Clocks of hosts may be behind: a certificate is valid from an hour before it is made. */
const backdateMs = 3_600_000

/** What is stored of a certificate authority: PEM both. */
export type AuthorityMaterial = { readonly certificate: string; readonly key: string }

export type IssuedCertificate = {
  /** PEM. */
  readonly certificate: string
  /** Lower-case hex, as Node's peer certificate shows it (without leading zeros lost: always 32 digits). */
  readonly serial: string
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string
  readonly notBefore: number
  readonly notAfter: number
}
export type SubjectNames = { readonly dns: readonly string[]; readonly addresses: readonly string[] }

export type CertificateAuthority = {
  /** PEM of the CA's own certificate. */
  readonly certificate: string
  /** SHA-256 of the CA certificate's DER, hex: what join tokens carry. */
  readonly fingerprint: string
  /**
   * Signs the public key of a certificate signing request (PEM) for a host: client and server use. Names in the request are
   * ignored, only its key and the proof that the sender holds it count. Throws when the request cannot be read or its
   * signature is wrong.
   */
  issueForHost(request: string, subject: HostSubject): Promise<IssuedCertificate>
  /** Key (PEM, PKCS#8) and certificate for a server of our own. */
  issueForServer(names: SubjectNames, validityMs: number): Promise<IssuedCertificate & { readonly key: string }>
}
export type HostSubject = { readonly hostUuid: string; readonly names: SubjectNames; readonly validityMs: number }

/** A new P-256 authority, valid for ten years. */
export async function createAuthorityMaterial(runtime: Runtime): Promise<AuthorityMaterial> {
  const x509 = await loadX509()
  const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])
  const now = runtime.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(runtime),
    name: 'CN=Altostack certificate authority',
    notBefore: new Date(now - backdateMs),
    notAfter: new Date(now + 3650 * dayMs),
    signingAlgorithm: signing,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: exportKey(keys.privateKey) }
}

type Issuer = {
  readonly x509: typeof X509
  readonly own: X509.X509Certificate
  readonly authorityKey: X509.AuthorityKeyIdentifierExtension
}

async function loadIssuer(material: AuthorityMaterial): Promise<Issuer> {
  const x509 = await loadX509()
  const own = new x509.X509Certificate(material.certificate)
  return { x509, own, authorityKey: await x509.AuthorityKeyIdentifierExtension.create(own) }
}

export async function openAuthority(material: AuthorityMaterial, runtime: Runtime): Promise<CertificateAuthority> {
  const fingerprint = certificateFingerprint(material.certificate)
  const signingKey = await importKey(material.key)
  let loaded: Promise<Issuer> | undefined
  const issuer = (): Promise<Issuer> => {
    loaded ??= loadIssuer(material)
    return loaded
  }

  async function sign(
    publicKey: X509.PublicKey | webcrypto.CryptoKey,
    commonName: string,
    names: SubjectNames,
    validityMs: number,
    usages: readonly string[],
  ): Promise<IssuedCertificate> {
    const now = runtime.now()
    const serial = newSerial(runtime)
    const { x509, own, authorityKey } = await issuer()
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial,
      subject: [{ CN: [commonName] }],
      issuer: own.subject,
      notBefore: new Date(now - backdateMs),
      notAfter: new Date(now + validityMs),
      signingAlgorithm: signing,
      publicKey,
      signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        // libvirt 9 and QEMU 7 refuse a certificate whose critical usage lacks keyEncipherment, though EC needs none.
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyAgreement | x509.KeyUsageFlags.keyEncipherment,
          true,
        ),
        new x509.ExtendedKeyUsageExtension([...usages]),
        new x509.SubjectAlternativeNameExtension(generalNames(names)),
        authorityKey,
      ],
    })
    return { certificate: certificate.toString('pem'), ...describe(certificate, serial) }
  }

  return {
    certificate: material.certificate,
    fingerprint,
    async issueForHost(request, subject) {
      const { x509 } = await issuer()
      const csr = new x509.Pkcs10CertificateRequest(request)
      if (!(await csr.verify())) throw new Error('the signature of the request is wrong')
      const algorithm = csr.publicKey.algorithm as { name?: string; namedCurve?: string }
      if (algorithm.name !== 'ECDSA' || algorithm.namedCurve !== 'P-256') throw new Error('the key is not P-256')
      const usages = [x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]
      return await sign(csr.publicKey, subject.hostUuid, subject.names, subject.validityMs, usages)
    },
    async issueForServer(names, validityMs) {
      const { x509 } = await issuer()
      const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])
      const commonName = names.dns[0] ?? names.addresses[0] ?? 'altostack'
      // Client use too: a server calls another one with it.
      const usages = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]
      const issued = await sign(keys.publicKey, commonName.slice(0, 64), names, validityMs, usages)
      return { ...issued, key: exportKey(keys.privateKey) }
    },
  }
}

/** SHA-256 of the DER of a PEM certificate, hex. */
export function certificateFingerprint(pem: string): string {
  return sha256(new NodeCertificate(pem).raw)
}

/** Serial numbers as stored and compared: lower-case hex without leading zeros. */
export function normalSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '')
}

function generalNames(names: SubjectNames): X509.JsonGeneralNames {
  const dns = [...new Set(names.dns)].map((value) => ({ type: 'dns' as const, value }))
  const addresses = [...new Set(names.addresses)]
    .filter((value) => isIP(value) !== 0)
    .map((value) => ({ type: 'ip' as const, value }))
  return [...dns, ...addresses]
}

function newSerial(runtime: Runtime): string {
  const bytes = runtime.randomBytes(16)
  // Positive, and never shortened by DER: the first byte is 0x40 to 0x7f.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

function describe(certificate: X509.X509Certificate, serial: string): Omit<IssuedCertificate, 'certificate'> {
  return {
    serial: normalSerial(serial),
    fingerprint: sha256(new Uint8Array(certificate.rawData)),
    notBefore: certificate.notBefore.getTime(),
    notAfter: certificate.notAfter.getTime(),
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function exportKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ format: 'pem', type: 'pkcs8' }) as string
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
  return await webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), ecdsa, false, ['sign'])
}
