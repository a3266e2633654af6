import { z } from 'zod'

/** What a join token says, as base64url JSON: where to go, whom to trust, and a one-time secret. */
export const joinToken = z.object({
  /** `host:port` of each management server's agent port. */
  servers: z.array(z.string()).min(1),
  /** SHA-256 of the CA certificate (DER), hex: the only thing the agent trusts before it has a certificate. */
  caFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  id: z.uuid(),
  secret: z.string().min(32),
})
export type JoinToken = z.infer<typeof joinToken>

/** Body of POST /join. */
export const joinRequest = z.object({
  tokenId: z.uuid(),
  secret: z.string(),
  /** PEM certificate signing request, P-256. */
  csr: z.string().max(8192),
  hostname: z.string().max(255),
  machineId: z.string().max(64),
  /** Addresses for the certificate's subject alternative names. */
  addresses: z.array(z.string()).max(64),
})
export type JoinRequest = z.infer<typeof joinRequest>

/** Body of POST /renew; the client certificate says who asks. */
export const renewRequest = z.object({
  /** PEM certificate signing request, P-256; a new key each time. */
  csr: z.string().max(8192),
  addresses: z.array(z.string()).max(64),
})
export type RenewRequest = z.infer<typeof renewRequest>

/** Answer of POST /join and /renew. */
export const joinResponse = z.object({
  hostUuid: z.uuid(),
  certificate: z.string(),
  ca: z.string(),
  servers: z.array(z.string()),
})
export type JoinResponse = z.infer<typeof joinResponse>
