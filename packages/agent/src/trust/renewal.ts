import { agentPaths, joinResponse } from '@altostack/agent-api'
import { errorText, type Runtime } from '@altostack/core'
import type { Log } from '../log.ts'
import { listInterfaces } from '../network/interfaces.ts'
import type { Paths } from '../paths.ts'
import { postJson } from './https.ts'
import { certificateFingerprint, type Identity, readIdentity, writeIdentity } from './identity.ts'
import { checkIssued } from './join.ts'
import { makeSigningRequest } from './signing-request.ts'

/** When a certificate is renewed: two thirds into its life. */
export function renewalTime(identity: Pick<Identity, 'notBefore' | 'notAfter'>): number {
  return identity.notBefore + ((identity.notAfter - identity.notBefore) * 2) / 3
}

/** Asks the servers in turn for a new certificate and stores it; answers the new identity. */
export async function renewCertificate(
  runtime: Runtime,
  paths: Paths,
  identity: Identity,
  servers: readonly string[],
): Promise<Identity> {
  let last: unknown = new Error('no management server is known')
  for (const server of servers) {
    try {
      const { key, csr } = await makeSigningRequest(identity.hostUuid)
      const body = { csr, addresses: (await listInterfaces(runtime)).flatMap((one) => one.addresses) }
      const answer = joinResponse.parse(await postJson(runtime, server, agentPaths.renew, body, identity))
      checkIssued(answer.certificate, answer.ca, certificateFingerprint(identity.ca))
      writeIdentity(paths, { certificate: answer.certificate, key, ca: answer.ca })
      return readIdentity(paths) as Identity
    } catch (error) {
      last = error
    }
  }
  throw last
}

/** Renews the certificate by itself for as long as the agent runs. The returned function ends it. */
export function keepRenewed(options: {
  readonly runtime: Runtime
  readonly log: Log
  readonly paths: Paths
  readonly identity: () => Identity
  readonly servers: () => readonly string[]
  readonly renewed: (identity: Identity) => void
}): () => void {
  const { runtime, log } = options
  let cancel = (): void => {}
  const dayMs = 86_400_000
  const schedule = (inMs: number): void => {
    // Timers hold at most 24 days; an early wake-up just looks again.
    cancel = runtime.after(Math.min(Math.max(inMs, 1000), dayMs), () => void tick())
  }
  const tick = async (): Promise<void> => {
    const identity = options.identity()
    const due = renewalTime(identity)
    if (runtime.now() < due) return schedule(due - runtime.now())
    try {
      const next = await renewCertificate(runtime, options.paths, identity, options.servers())
      log.info({ until: new Date(next.notAfter).toISOString() }, 'certificate renewed')
      options.renewed(next)
      schedule(renewalTime(next) - runtime.now())
    } catch (error) {
      const left = identity.notAfter - runtime.now()
      log.warn({ error: errorText(error), leftMs: left }, 'certificate could not be renewed; it is tried again')
      schedule(Math.min(3_600_000, Math.max(10_000, left / 20)))
    }
  }
  schedule(renewalTime(options.identity()) - runtime.now())
  return () => cancel()
}
