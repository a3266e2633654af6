import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from '@altostack/core'
import type { CertificateAuthority, SubjectNames } from './certificate-authority.ts'

const dayMs = 86_400_000
const validityMs = 365 * dayMs
/** Made anew at a start when less than this is left. */
const renewalMs = 60 * dayMs

/** What a TLS server of this process presents: PEM all. */
export type ServerCertificate = { readonly key: string; readonly certificate: string; readonly ca: string }

/**
 * The server's own certificate under `<dataDir>/tls`, for 8250 and 8443: kept while it is of this authority, names
 * everything asked for and is far from its end; else made anew.
 */
export async function loadServerCertificate(
  authority: CertificateAuthority,
  runtime: Runtime,
  dataDir: string,
  names: SubjectNames,
): Promise<ServerCertificate> {
  const directory = join(dataDir, 'tls')
  const keyPath = join(directory, 'server.key')
  const certificatePath = join(directory, 'server.crt')
  const [key, certificate] = await Promise.all([readOrNothing(keyPath), readOrNothing(certificatePath)])
  if (key !== undefined && certificate !== undefined && stillGood(certificate, authority, runtime, names)) {
    return { key, certificate, ca: authority.certificate }
  }
  const made = await authority.issueForServer(names, validityMs)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writePrivate(keyPath, made.key)
  await writePrivate(certificatePath, made.certificate)
  return { key: made.key, certificate: made.certificate, ca: authority.certificate }
}

function stillGood(pem: string, authority: CertificateAuthority, runtime: Runtime, names: SubjectNames): boolean {
  try {
    const own = new X509Certificate(pem)
    if (!own.verify(new X509Certificate(authority.certificate).publicKey)) return false
    if (own.validToDate.getTime() - runtime.now() < renewalMs) return false
    return (
      names.dns.every((name) => own.checkHost(name) !== undefined) &&
      names.addresses.every((address) => own.checkIP(address) !== undefined)
    )
  } catch {
    return false
  }
}

async function readOrNothing(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined)
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
