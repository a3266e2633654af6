import type { UnmanagedGuest } from '@altostack/agent-api'
import { AltoError } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'

export type FoundGuest = { readonly host: Row<'host'>; readonly guest: UnmanagedGuest }

/** Guests of the cluster's connected hosts that no row names. A host that does not answer is left out. */
export async function findUnmanaged(
  ctx: ServerContext,
  db: Queries,
  clusterId: number,
  name: string | undefined,
  signal?: AbortSignal,
): Promise<FoundGuest[]> {
  const hosts = await db
    .selectFrom('host')
    .selectAll()
    .where('cluster_id', '=', clusterId)
    .where('removed', 'is', null)
    .where('type', '=', 'Routing')
    .orderBy('id')
    .execute()
  const found = await Promise.all(
    hosts
      .filter(({ id }) => ctx.agents.isConnected(id))
      .map(async (host): Promise<FoundGuest[]> => {
        try {
          const question = name === undefined ? {} : { name }
          const { guests } = await ctx.agents.call(host.id, 'vm.unmanaged', question, signal ? { signal } : {})
          return guests.map((guest) => ({ host, guest }))
        } catch (error) {
          if (!(error instanceof AltoError)) throw error
          ctx.log.warn({ host: host.name, err: error }, 'a host could not tell of its guests')
          return []
        }
      }),
  )
  const all = found.flat()
  const known = await knownGuests(
    db,
    all.map(({ guest }) => guest.uuid),
  )
  return all.filter(({ guest }) => !known.has(`${guest.uuid} ${guest.name}`))
}

async function knownGuests(db: Queries, uuids: readonly string[]): Promise<ReadonlySet<string>> {
  if (uuids.length === 0) return new Set()
  const rows = await db
    .selectFrom('vm_instance')
    .select(['uuid', 'instance_name'])
    .where('uuid', 'in', [...new Set(uuids)])
    .where('removed', 'is', null)
    .execute()
  return new Set(rows.map((row) => `${row.uuid} ${row.instance_name}`))
}
