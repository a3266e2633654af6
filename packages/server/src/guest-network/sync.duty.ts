import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { guestDataOf } from './guest-data.ts'
import { groupStates, hostAddresses, needsOfHosts, networkNames, type Wanted, withNamedGroups } from './host-state.ts'
import { endWork, openWork, type Work } from './work.repository.ts'

const batch = 500
/** Without a wake-up: other servers may have noted something, or a host was not there. */
const lookEveryMs = 5000
/** Machines whose data is told in one call. */
const mostGuests = 500

/** Tells hosts what has changed in guests' networks: names, groups, data. Woken by the commit that changed it. */
export const guestNetworkDuty: Duty = {
  name: 'guest-network',
  pauseMs: async () => 100,
  run: async (ctx, signal) => {
    const woken = ctx.feed.next(lookEveryMs, signal)
    const work = await openWork(ctx.db, batch)
    if (work.length === 0) return await woken
    const began = ctx.runtime.monotonic()
    await tell(ctx, work)
    // A storm of deploys is told in few words: telling takes a third of the time at most.
    await ctx.runtime.sleep(Math.min(10_000, (ctx.runtime.monotonic() - began) * 2), signal).catch(() => undefined)
  },
}

async function tell(ctx: ServerContext, work: readonly Work[]): Promise<void> {
  const changed = await whatChanged(ctx, work)
  const needs = await needsOfHosts(ctx.db, undefined)
  const whole = new Set(work.filter((one) => one.kind === 'Host').map((one) => one.entity_id))
  const addresses = work.some((one) => one.kind === 'Addresses') ? await hostAddresses(ctx.db) : undefined
  const hosts = addresses === undefined ? [...new Set([...needs.keys(), ...whole])] : await everyHost(ctx)
  const names = new Map((await networkNames(ctx.db, changed.networks)).map((one) => [one.networkUuid, one]))
  const uuids = await networkUuids(ctx, changed.networks)
  const states = new Map((await groupStatesById(ctx, changed.groups)).map((one) => [one.id, one.state]))
  await Promise.all(
    hosts.map(async (hostId) => {
      if (!ctx.agents.isConnected(hostId)) return
      try {
        if (whole.has(hostId)) return await tellHost(ctx, hostId)
        const need = needs.get(hostId) ?? { networks: new Set(), groups: new Set(), vms: new Set() }
        const groups = await withNamedGroups(ctx.db, need.groups)
        const wanted: Wanted = {
          groups: [...states].flatMap(([id, state]) => (groups.has(id) ? [state] : [])),
          networks: [...need.networks].flatMap((id) => names.get(uuids.get(id) ?? '') ?? []),
          guests: await guestDataOf(
            ctx.db,
            ctx,
            [...changed.vms].filter((id) => need.vms.has(id)).slice(0, mostGuests),
          ),
          complete: false,
          ...(addresses === undefined ? {} : { protectedAddresses: addresses }),
        }
        const empty = wanted.groups.length + wanted.networks.length + wanted.guests.length === 0
        if (empty && addresses === undefined) return
        await ctx.agents.call(hostId, 'network.apply', wanted)
      } catch (error) {
        // It hears everything when it connects; one that answers with a failure looks after itself meanwhile.
        ctx.log.warn({ hostId, err: error }, `a host was not told of guests' networks: ${errorText(error)}`)
      }
    }),
  )
  await transact(ctx, async (tx) =>
    endWork(
      tx,
      work.map((one) => one.id),
    ),
  )
}

/** Everything that a host needs: when it has connected. */
export async function tellHost(ctx: ServerContext, hostId: number): Promise<void> {
  const need = (await needsOfHosts(ctx.db, [hostId])).get(hostId)
  await ctx.agents.call(hostId, 'network.apply', {
    groups: await groupStates(ctx.db, await withNamedGroups(ctx.db, need?.groups ?? [])),
    networks: await networkNames(ctx.db, need?.networks ?? []),
    guests: await guestDataOf(ctx.db, ctx, [...(need?.vms ?? [])].slice(0, mostGuests)),
    protectedAddresses: await hostAddresses(ctx.db),
    complete: true,
  })
}

async function whatChanged(
  ctx: ServerContext,
  work: readonly Work[],
): Promise<{ readonly groups: Set<number>; readonly networks: Set<number>; readonly vms: Set<number> }> {
  const of = (kind: string): number[] => work.filter((one) => one.kind === kind).map((one) => one.entity_id)
  const groups = new Set(of('Group'))
  const networks = new Set(of('Network'))
  const vms = new Set(of('Vm'))
  if (vms.size > 0) {
    // NICs that went count too: their names are to be forgotten.
    const nics = await ctx.db
      .selectFrom('nics')
      .select('network_id')
      .where('instance_id', 'in', [...vms])
      .distinct()
      .execute()
    for (const nic of nics) networks.add(nic.network_id)
    const maps = await ctx.db
      .selectFrom('security_group_vm_map')
      .select('security_group_id')
      .where('instance_id', 'in', [...vms])
      .distinct()
      .execute()
    for (const map of maps) groups.add(map.security_group_id)
  }
  return { groups, networks, vms }
}

async function groupStatesById(ctx: ServerContext, ids: ReadonlySet<number>) {
  if (ids.size === 0) return []
  const rows = await ctx.db
    .selectFrom('security_group')
    .select(['id', 'uuid'])
    .where('id', 'in', [...ids])
    .execute()
  const byUuid = new Map(rows.map((row) => [row.uuid, row.id]))
  return (await groupStates(ctx.db, ids)).map((state) => ({ id: byUuid.get(state.uuid) ?? -1, state }))
}

async function networkUuids(ctx: ServerContext, ids: ReadonlySet<number>): Promise<Map<number, string>> {
  if (ids.size === 0) return new Map()
  const rows = await ctx.db
    .selectFrom('networks')
    .select(['id', 'uuid'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.uuid]))
}

async function everyHost(ctx: ServerContext): Promise<number[]> {
  const rows = await ctx.db.selectFrom('host').select('id').where('removed', 'is', null).execute()
  return rows.map((row) => row.id)
}
