import { X509Certificate } from 'node:crypto'
import { agentPaths, type JoinToken, joinResponse, joinToken } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { readHostName, readMachineId } from '../facts/machine.ts'
import { listInterfaces } from '../network/interfaces.ts'
import type { Paths } from '../paths.ts'
import type { Settings } from '../properties/settings.ts'
import { fetchAuthority, postJson } from './https.ts'
import { certificateFingerprint, writeIdentity } from './identity.ts'
import { makeSigningRequest } from './signing-request.ts'

/** Reads a join token (base64url JSON). */
export function parseJoinToken(text: string): JoinToken {
  try {
    return joinToken.parse(JSON.parse(Buffer.from(text.trim(), 'base64url').toString('utf8')))
  } catch (error) {
    throw agentFailure('agent.join-refused', 'This is not a join token', { seen: errorText(error) })
  }
}

/**
 * Makes this machine a host: proves the token to the first server of its CA that answers, stores certificate and CA, and writes
 * the servers into agent.properties. Nothing but the CA fingerprint of the token is trusted. Answers the host's UUID.
 */
export async function joinServer(
  runtime: Runtime,
  paths: Paths,
  settings: Settings,
  token: JoinToken,
): Promise<string> {
  let last: unknown
  for (const server of token.servers) {
    let ca: string
    try {
      ca = await fetchAuthority(runtime, server, token.caFingerprint)
    } catch (error) {
      // It does not answer, or it is another management server, which was told nothing.
      last = error
      continue
    }
    try {
      return await joinOne(runtime, paths, settings, token, server, ca)
    } catch (error) {
      last = error
      // A refusal is final; a server that does not answer is not.
      if ((error as { code?: string }).code !== 'agent.unreachable') throw error
    }
  }
  throw last
}

async function joinOne(
  runtime: Runtime,
  paths: Paths,
  settings: Settings,
  token: JoinToken,
  server: string,
  ca: string,
): Promise<string> {
  const hostname = readHostName()
  const { key, csr } = await makeSigningRequest(hostname)
  const body = {
    tokenId: token.id,
    secret: token.secret,
    csr,
    hostname,
    machineId: readMachineId(settings),
    addresses: (await listInterfaces(runtime)).flatMap((one) => one.addresses),
  }
  const answer = joinResponse.parse(await postJson(runtime, server, agentPaths.join, body, { ca }))
  checkIssued(answer.certificate, answer.ca, token.caFingerprint)
  writeIdentity(paths, { certificate: answer.certificate, key, ca: answer.ca })
  settings.set({ guid: answer.hostUuid, host: (answer.servers.length > 0 ? answer.servers : token.servers).join(',') })
  return answer.hostUuid
}

/** The issued certificate comes from the CA that is trusted already. */
export function checkIssued(certificate: string, ca: string, fingerprint: string): void {
  const authority = new X509Certificate(ca)
  if (certificateFingerprint(ca) === fingerprint && new X509Certificate(certificate).verify(authority.publicKey)) return
  throw agentFailure('agent.foreign-ca', 'The server issued a certificate of another CA', {
    seen: certificateFingerprint(ca),
  })
}
