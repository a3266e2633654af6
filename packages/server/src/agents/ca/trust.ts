import { type AltoError, agentLinkFailure } from '@altostack/core'
import type { CertificateWithHost } from './host-certificate.repository.ts'

/** What TLS saw of the other side. */
export type PeerCertificate = {
  /** Absent: no certificate was sent. */
  readonly serial?: string
  readonly fingerprint?: string
  /** Node's verdict about the chain, e.g. CERT_HAS_EXPIRED; undefined when it is fine. */
  readonly chainError?: string
  readonly address: string
}

/** Why this certificate may not connect; undefined when it may. Pure: the caller has looked the serial up. */
export function certificateRefusal(
  peer: PeerCertificate,
  known: CertificateWithHost | undefined,
  now: number,
): AltoError | undefined {
  const seen = `from ${peer.address}, serial ${peer.serial ?? 'none'}`
  if (peer.serial === undefined || peer.fingerprint === undefined) {
    return agentLinkFailure('agent.no-certificate', 'The agent sent no client certificate', { seen })
  }
  if (peer.chainError === 'CERT_HAS_EXPIRED' || peer.chainError === 'CERT_NOT_YET_VALID') {
    return agentLinkFailure('agent.certificate-expired', 'The client certificate is not valid at this time', {
      seen: `${seen}: ${peer.chainError}`,
    })
  }
  if (peer.chainError !== undefined) {
    return agentLinkFailure('agent.certificate-foreign', 'The client certificate is not of this cloud', {
      seen: `${seen}: ${peer.chainError}`,
    })
  }
  if (known === undefined || known.certificate.fingerprint !== peer.fingerprint) {
    return agentLinkFailure('agent.certificate-unknown', 'The database does not know the client certificate', { seen })
  }
  const { certificate, host } = known
  const entities = [{ uuid: certificate.host_uuid, description: 'Host' }]
  if (certificate.revoked !== null) {
    return agentLinkFailure('agent.certificate-revoked', 'The client certificate was revoked', { seen, entities })
  }
  if (certificate.superseded !== null) {
    return agentLinkFailure('agent.certificate-superseded', 'The host uses a newer certificate than this one', {
      seen,
      entities,
    })
  }
  if (certificate.expires <= now) {
    return agentLinkFailure('agent.certificate-expired', 'The client certificate has run out', { seen, entities })
  }
  if (host === undefined || host.removed !== null) {
    return agentLinkFailure('agent.host-unknown', 'The host of the certificate was removed', { seen, entities })
  }
  return undefined
}
