import { createHash } from 'node:crypto'
import type { JoinToken } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { insertJoinToken, type JoinTokenRow } from './join-token.repository.ts'

export type NewJoinToken = {
  readonly clusterId: number
  /** Made for this host, and good for no other. */
  readonly hostUuid: string | null
  readonly description: string | null
  readonly validityMs: number
  readonly tags: readonly string[]
  readonly allocationState: string
  readonly createdBy: number
  /** `host:port` of the servers as the host shall dial them. */
  readonly servers: readonly string[]
}
/** A token as its holder keeps it; the row has only the hash of its secret. */
export type MadeJoinToken = { readonly row: JoinTokenRow; readonly text: string }

/** A one-time token with which a host joins a cluster. */
export async function createJoinTokenRow(tx: Tx, ctx: ServerContext, wanted: NewJoinToken): Promise<MadeJoinToken> {
  const now = ctx.runtime.now()
  const { secret, hash } = newJoinSecret(ctx)
  const row = await insertJoinToken(tx, {
    uuid: ctx.runtime.uuid(),
    secret_hash: hash,
    cluster_id: wanted.clusterId,
    host_uuid: wanted.hostUuid,
    description: wanted.description,
    created: now,
    expires: now + wanted.validityMs,
    created_by: wanted.createdBy,
    host_tags: wanted.tags.join(','),
    allocation_state: wanted.allocationState,
  })
  return { row, text: joinTokenText(ctx, row.uuid, secret, wanted.servers) }
}

/** What stands in a token, as base64url JSON. */
export function joinTokenText(ctx: ServerContext, id: string, secret: string, servers: readonly string[]): string {
  const token: JoinToken = { servers: [...servers], caFingerprint: ctx.agents.trust().caFingerprint, id, secret }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

/** 256 random bits, and their SHA-256 as the database keeps it. */
export function newJoinSecret(ctx: ServerContext): { readonly secret: string; readonly hash: string } {
  const secret = Buffer.from(ctx.runtime.randomBytes(32)).toString('base64url')
  return { secret, hash: createHash('sha256').update(secret).digest('hex') }
}
