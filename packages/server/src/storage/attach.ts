import type { Params } from '@altostack/agent-api'
import { AltoError, errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { type Pool, saveHostRef, saveUsage, type Usage } from './pool.repository.ts'
import { accessOf } from './pool-details.ts'
import { hostPoolRef } from './pool-ref.ts'

type Tokens = Params<'pool.attach'>['tokens']
export type Attached = { readonly hostId: number; readonly usage: Usage; readonly notice?: string }
export type NotAttached = {
  readonly hostId: number
  readonly host: string
  readonly code: string
  readonly message: string
  readonly seen?: string
  readonly fix: string
}

/**
 * Attaches a pool on one host. `create`: the place may be new, so the host writes the pool's marker; otherwise the marker
 * must be there, which proves that every host sees the same storage.
 */
export async function attachOnHost(
  ctx: ServerContext,
  pool: Pool,
  host: Pick<Row<'host'>, 'id' | 'name'>,
  tokens: Tokens,
  create: boolean,
  signal?: AbortSignal,
): Promise<Attached | NotAttached> {
  try {
    const usage = await ctx.agents.call(
      host.id,
      'pool.attach',
      { tokens, pool: hostPoolRef(pool), create, access: await accessOf(ctx.db, ctx, pool) },
      signal === undefined ? {} : { signal },
    )
    return {
      hostId: host.id,
      usage: { capacityBytes: usage.capacityBytes, usedBytes: usage.usedBytes },
      ...(usage.notice === undefined ? {} : { notice: usage.notice }),
    }
  } catch (error) {
    if (!(error instanceof AltoError)) throw error
    return {
      hostId: host.id,
      host: host.name,
      code: error.code,
      message: errorText(error),
      fix: error.fix,
      ...(error.seen === undefined ? {} : { seen: error.seen }),
    }
  }
}

export function isAttached(outcome: Attached | NotAttached): outcome is Attached {
  return 'usage' in outcome
}

/** Saves that a host has a pool; capacity and use only where they differ from what is known. */
export async function saveAttached(ctx: ServerContext, pool: Pool, attached: Attached): Promise<void> {
  const { usage } = attached
  const changed =
    pool.capacity_bytes !== usage.capacityBytes ||
    Math.abs(pool.used_bytes - usage.usedBytes) > usage.capacityBytes / 100
  const known = await ctx.db
    .selectFrom('storage_pool_host_ref')
    .select('id')
    .where('host_id', '=', attached.hostId)
    .where('pool_id', '=', pool.id)
    .executeTakeFirst()
  if (known !== undefined && !changed) return
  await transact(ctx, async (tx) => {
    await saveHostRef(tx, pool, attached.hostId, ctx.runtime.now())
    if (changed) await saveUsage(tx, pool.id, usage, ctx.runtime.now())
  })
}
