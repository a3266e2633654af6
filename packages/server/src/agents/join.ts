import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { type JoinResponse, joinRequest, renewRequest } from '@altostack/agent-api'
import { agentLinkFailure, errorText, hostFailure, type Runtime } from '@altostack/core'
import type { z } from 'zod'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { findHostByMachine, findHostByUuid, insertJoiningHost } from '../host/index.ts'
import {
  type CertificateAuthority,
  type IssuedCertificate,
  insertHostCertificate,
  type SubjectNames,
} from './ca/index.ts'
import { ownAddresses } from './server-names.ts'
import type { AgentIdentity } from './session.ts'
import type { SharedCommit } from './shared-commit.ts'

type Servers = (dialled: string | undefined) => Promise<readonly string[]>
type Origin = { readonly address: string; readonly dialled: string | undefined }
const dayMs = 86_400_000

/** Turns a one-time token and a signing request into a host and its certificate. The same machine may repeat it. */
export async function joinHost(
  ctx: ServerContext,
  authority: CertificateAuthority,
  body: unknown,
  origin: Origin,
  servers: Servers,
  commit: SharedCommit,
): Promise<JoinResponse> {
  const request = read(joinRequest, body)
  const now = ctx.runtime.now()
  const host = await commit((tx) => takeToken(tx, ctx, request, origin.address, now))
  const issued = await issue(ctx, authority, request.csr, host.uuid, {
    dns: [request.hostname],
    addresses: allowedAddresses(request.addresses, origin.address),
  })
  await commit((tx) => insertHostCertificate(tx, issued, host, now))
  ctx.log.info({ host: host.name, address: origin.address, serial: issued.serial }, 'a host has joined')
  return await answer(authority, host.uuid, issued, servers, origin.dialled)
}

/** A new certificate for a host that still has a good one. The old one is good until the new one is first used. */
export async function renewHost(
  ctx: ServerContext,
  authority: CertificateAuthority,
  body: unknown,
  identity: AgentIdentity,
  servers: Servers,
): Promise<JoinResponse> {
  const request = read(renewRequest, body)
  const host = await findHostByUuid(ctx.db, identity.hostUuid)
  if (host === undefined) throw agentLinkFailure('agent.host-unknown', 'The host was removed')
  const issued = await issue(ctx, authority, request.csr, host.uuid, {
    dns: [host.name],
    addresses: allowedAddresses(request.addresses, identity.remoteAddress),
  })
  await transact(ctx, (tx) => insertHostCertificate(tx, issued, host, ctx.runtime.now()))
  ctx.log.info({ host: host.name, serial: issued.serial }, 'the certificate of a host was renewed')
  return await answer(authority, host.uuid, issued, servers, identity.dialled)
}

async function takeToken(
  tx: Tx,
  ctx: ServerContext,
  request: z.infer<typeof joinRequest>,
  address: string,
  now: number,
): Promise<Row<'host'>> {
  const token = await tx
    .selectFrom('join_token')
    .selectAll()
    .where('uuid', '=', request.tokenId)
    .where('removed', 'is', null)
    .executeTakeFirst()
  const refuse = (seen: string): Error =>
    agentLinkFailure('agent.join-token', 'The join token is not valid', { seen: `from ${address}: ${seen}` })
  if (token === undefined || !sameHash(token.secret_hash, request.secret)) throw refuse('unknown token or wrong secret')
  if (token.expires <= now) throw refuse(`it expired at ${new Date(token.expires).toISOString()}`)
  const host = await hostOfToken(tx, ctx, token, request, address, now)
  if (token.used !== null && token.used_by_host_uuid !== host.uuid) throw refuse('it was used by another host')
  await tx
    .updateTable('join_token')
    .set({ used: token.used ?? now, used_by_host_uuid: host.uuid })
    .where('id', '=', token.id)
    .execute()
  return host
}

async function hostOfToken(
  tx: Tx,
  ctx: ServerContext,
  token: Row<'join_token'>,
  request: z.infer<typeof joinRequest>,
  address: string,
  now: number,
): Promise<Row<'host'>> {
  if (token.host_uuid !== null) {
    const host = await findHostByUuid(tx, token.host_uuid)
    if (host === undefined) throw agentLinkFailure('agent.host-unknown', 'The host of the token was removed')
    if (host.machine_id !== null && host.machine_id !== request.machineId) {
      throw agentLinkFailure('agent.cloned', 'The token is for another machine', {
        seen: `machine id ${request.machineId} from ${address}`,
      })
    }
    return notUp(host)
  }
  const before = await findHostByMachine(tx, request.machineId)
  if (before !== undefined) return mayTakeAgain(token, before)
  if (token.used !== null) {
    throw agentLinkFailure('agent.join-token', 'The join token is not valid', { seen: 'it was used by another host' })
  }
  return await insertJoiningHost(tx, ctx, {
    clusterId: token.cluster_id,
    name: request.hostname,
    address: token.address ?? address,
    machineId: request.machineId,
    tags: (token.host_tags ?? '').split(','),
    enabled: token.allocation_state !== 'Disabled',
    now,
    harden: await isToHarden(tx, ctx, token.cluster_id),
  })
}

/** As addHost does; a simulated host has no ports to close. */
async function isToHarden(tx: Tx, ctx: ServerContext, clusterId: number): Promise<boolean> {
  const cluster = await tx
    .selectFrom('cluster')
    .select('hypervisor_type')
    .where('id', '=', clusterId)
    .executeTakeFirst()
  if (cluster?.hypervisor_type === 'Simulator') return false
  return await ctx.config.flag('alto.host.harden', { clusterId }, tx)
}

/**
 * A token for a cluster makes a new host. It does not take the place of one that is there: whoever knows a machine id, which
 * is no secret, would be that host. Only a join that was begun and never ended may be begun again.
 */
function mayTakeAgain(token: Row<'join_token'>, host: Row<'host'>): Row<'host'> {
  const entities = [{ uuid: host.uuid, description: 'Host' }]
  if (host.cluster_id !== token.cluster_id) {
    throw hostFailure('host.already-added', `The machine is host ${host.name} of another cluster`, { entities })
  }
  if (host.status === 'Creating' || token.used_by_host_uuid === host.uuid) return notUp(host)
  throw hostFailure('host.already-added', `The machine is host ${host.name} of this cluster already`, {
    seen: `its status is ${host.status}; the token was not made for it`,
    fix: `Make a token for it (createJoinToken hostid=${host.uuid}, or alto join-token --host ${host.name}), repair it with addHost, or delete it first.`,
    entities,
  })
}

/** A host that is connected needs no identity: whoever asks for its own is somebody else, or a mistake. */
function notUp(host: Row<'host'>): Row<'host'> {
  if (host.status !== 'Up') return host
  throw hostFailure('host.already-added', `The machine is host ${host.name}, which is Up`, {
    seen: 'its agent is connected',
    fix: 'Nothing has to be joined. If its identity shall be made anew, stop its agent first.',
    entities: [{ uuid: host.uuid, description: 'Host' }],
  })
}

async function issue(
  ctx: ServerContext,
  authority: CertificateAuthority,
  csr: string,
  hostUuid: string,
  names: SubjectNames,
): Promise<IssuedCertificate> {
  const validityMs = (await ctx.config.number('alto.ca.host.validity.days')) * dayMs
  try {
    return await authority.issueForHost(csr, { hostUuid, names, validityMs })
  } catch (error) {
    throw agentLinkFailure('agent.join-request', 'The certificate signing request cannot be used', {
      seen: errorText(error),
    })
  }
}

async function answer(
  authority: CertificateAuthority,
  hostUuid: string,
  issued: IssuedCertificate,
  servers: Servers,
  dialled: string | undefined,
): Promise<JoinResponse> {
  return {
    hostUuid,
    certificate: issued.certificate,
    ca: authority.certificate,
    servers: [...(await servers(dialled))],
  }
}

/** A host may name itself, but not loopback, and not this server's addresses unless it is this very machine. */
function allowedAddresses(claimed: readonly string[], from: string): string[] {
  const own = new Set(ownAddresses())
  const here = own.has(from) || from === '127.0.0.1' || from === '::1'
  return [...claimed, from].filter(
    (address) => isIP(address) !== 0 && !address.startsWith('127.') && address !== '::1' && (here || !own.has(address)),
  )
}

function read<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const seen = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw agentLinkFailure('agent.join-request', 'The request cannot be read', { seen })
}

/** SHA-256 of a token's secret, hex: what the database keeps. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sameHash(stored: string, secret: string): boolean {
  const [a, b] = [Buffer.from(stored, 'hex'), Buffer.from(hashSecret(secret), 'hex')]
  return a.length === b.length && timingSafeEqual(a, b)
}

const joinsAMinute = 30

/** At most 30 joins a minute from one address; the table forgets addresses by itself. */
export function createJoinLimit(runtime: Runtime): { readonly take: (address: string) => void } {
  let windowStart = runtime.monotonic()
  let used = new Map<string, number>()
  return {
    take(address) {
      const now = runtime.monotonic()
      if (now - windowStart > 60_000) {
        windowStart = now
        used = new Map()
      }
      const count = (used.get(address) ?? 0) + 1
      used.set(address, count)
      // This very machine is trusted not to guess: a simulator joins thousands from loopback.
      if (count > joinsAMinute && address !== '127.0.0.1' && address !== '::1') {
        throw agentLinkFailure('agent.join-rate', 'Too many joins from this address', { seen: address })
      }
    },
  }
}
