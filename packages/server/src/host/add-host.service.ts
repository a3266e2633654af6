import { hostFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import { joinSubject } from './check-subject.service.ts'
import { findHost } from './host.repository.ts'
import { checksRefusal, type InspectedHost, inspectHost } from './inspect-host.ts'
import { passwordOf } from './recruit-secrets.ts'
import type { SshTarget } from './ssh/connect.ts'
import { knownHostKey, recordHostKey } from './ssh/known-hosts.ts'
import { serverKey } from './ssh/server-key.ts'

/** What a run of host.add is about; JSON, without the password. */
export type AddHostInput = {
  readonly clusterId: number
  readonly address: string
  readonly port: number
  readonly username: string
  /** Where the password is kept in memory; null: key login. */
  readonly ticket: string | null
  readonly hostKey: string | null
  readonly tags: readonly string[]
  readonly enabled: boolean
  readonly userId: number
  /** NIC of which the bridge is made first; null: the bridge is there. */
  readonly bridge: { readonly nic: string; readonly name: string; readonly rollbackSeconds: number } | null
}

/** Longest that a host may take to greet and to take the login, ms, before it is known as slow. */
const loginMs = 10_000

/** By what factor hosts are known to be slow, of the cluster or all. */
export async function patienceOf(ctx: ServerContext, place: { readonly clusterId?: number }): Promise<number> {
  const { clusterId } = place
  return await ctx.config.number('alto.host.check.patience', clusterId === undefined ? {} : { clusterId })
}

export async function requireCluster(db: Queries, clusterId: number): Promise<Row<'cluster'>> {
  const cluster = await db
    .selectFrom('cluster')
    .selectAll()
    .where('id', '=', clusterId)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (cluster === undefined) throw hostFailure('host.place', 'The cluster was removed meanwhile')
  return cluster
}

/** A host that was not removed meanwhile. */
export async function requireHost(db: Queries, hostId: number): Promise<Row<'host'>> {
  const host = await findHost(db, hostId)
  if (host === undefined) throw hostFailure('host.place', 'The host was removed meanwhile')
  return host
}

/** How to log in. Throws host.password-forgotten when this server never had the password. */
export async function targetOf(
  ctx: ServerContext,
  input: Pick<AddHostInput, 'address' | 'port' | 'username' | 'ticket' | 'hostKey'> & { readonly clusterId?: number },
): Promise<SshTarget> {
  const password = input.ticket === null ? undefined : passwordOf(ctx, input.ticket)
  if (input.ticket !== null && password === undefined) {
    throw hostFailure('host.password-forgotten', 'The password of the host is not known any more')
  }
  const expectedKey = input.hostKey ?? (await knownHostKey(ctx, input.address, input.port))
  return {
    address: input.address,
    port: input.port,
    username: input.username,
    privateKey: (await serverKey(ctx)).privateKey,
    connectMs: Math.min(loginMs * (await patienceOf(ctx, input)), 120_000),
    ...(password === undefined ? {} : { password }),
    ...(expectedKey === undefined ? {} : { expectedKey }),
  }
}

/** Looks at the host and throws the refusal that failed checks amount to. Changes nothing, there or here. */
export async function inspectFor(ctx: ServerContext, input: AddHostInput, target: SshTarget): Promise<InspectedHost> {
  const cluster = await requireCluster(ctx.db, input.clusterId)
  const patience = await patienceOf(ctx, input)
  return await inspectHost(ctx.runtime, target, (ownAddress) => joinSubject(ctx, cluster, ownAddress), patience)
}

/** The same, its key recorded: from now on a change of it is refused. */
export async function inspectAndRecord(ctx: ServerContext, input: AddHostInput): Promise<InspectedHost> {
  const found = await inspectFor(ctx, input, await targetOf(ctx, input))
  await recordHostKey(ctx, input.address, input.port, found.hostKey)
  const refusal = checksRefusal(input.address, found.checks)
  if (refusal !== undefined) throw refusal
  return found
}
