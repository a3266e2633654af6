import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Paths } from '../paths.ts'
import { replaceFile, syncDirectory } from '../storage/replace-file.ts'

/** Who this host is: its certificate, key and the CA that signed it. */
export type Identity = {
  readonly hostUuid: string
  readonly certificate: string
  readonly key: string
  readonly ca: string
  /** First 16 hex digits of the CA's SHA-256 fingerprint: names the installation. */
  readonly installation: string
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
}

/** The stored identity; undefined before the host has joined. The certificate's common name is the host's UUID. */
export function readIdentity(paths: Paths): Identity | undefined {
  finishReplacement(paths)
  let certificate: string
  let key: string
  let ca: string
  try {
    certificate = readFileSync(paths.certificate, 'utf8')
    key = readFileSync(paths.key, 'utf8')
    ca = readFileSync(paths.ca, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const parsed = new X509Certificate(certificate)
  const hostUuid = /(?:^|\n)CN=([0-9a-f-]{36})(?:\n|$)/.exec(parsed.subject)?.[1]
  if (hostUuid === undefined) throw new Error(`${paths.certificate}: the common name is no host id: ${parsed.subject}`)
  return {
    hostUuid,
    certificate,
    key,
    ca,
    installation: certificateFingerprint(ca).slice(0, 16),
    notBefore: Date.parse(parsed.validFrom),
    notAfter: Date.parse(parsed.validTo),
  }
}

/** Key and certificate change together: both are written beside the old ones, then renamed; a crash between is finished. */
export function writeIdentity(paths: Paths, identity: Pick<Identity, 'certificate' | 'key' | 'ca'>): void {
  finishReplacement(paths)
  replaceFile(paths.ca, identity.ca, 0o644)
  replaceFile(next(paths.key), identity.key, 0o600)
  replaceFile(next(paths.certificate), identity.certificate, 0o644)
  finishReplacement(paths)
}

function finishReplacement(paths: Paths): void {
  if (!existsSync(next(paths.certificate))) return
  // The new key is missing only if it was renamed already.
  if (existsSync(next(paths.key))) renameSync(next(paths.key), paths.key)
  renameSync(next(paths.certificate), paths.certificate)
  syncDirectory(dirname(paths.certificate))
}

function next(path: string): string {
  return `${path}.next`
}

export function forgetIdentity(paths: Paths): void {
  for (const path of [paths.certificate, paths.key, paths.ca]) rmSync(path, { force: true })
}

/** SHA-256 of a PEM certificate's DER, hex. */
export function certificateFingerprint(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')
}
