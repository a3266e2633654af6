import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { guestDataOf } from './guest-data.ts'
import { groupStates, needsOfHosts, networkNames, type Wanted, withNamedGroups } from './host-state.ts'
import { currentProtection, gatherMs, isProtected, isProtectionOld, type Protection } from './protection.ts'
import { noteTold, takeArrived, toldHosts } from './told-hosts.ts'
import { endWork, openWork, type Work } from './work.repository.ts'

const batch = 500
/** Without a wake-up: other servers may have noted something, or a host was not there. */
const lookEveryMs = 5000
/** Machines whose data is told in one call. */
const mostGuests = 500
/** Hosts that are told addresses while nothing else is to be told: those without guests, and those that failed. */
const idleBatch = 100
const againMs = 60_000

type Needs = Awaited<ReturnType<typeof needsOfHosts>>
type Need = Needs extends Map<number, infer N> ? N : never
/** What the last round told, and when addresses were told beside; a map a server. */
const rounds = new WeakMap<ServerContext['runtime'], { digest: string; idleAt: number }>()

/**
 * Tells hosts what has changed in guests' networks: names, groups, data, and where hosts are. Woken by the commit that
 * changed it, or by a host that came. Where hosts are is told at once to hosts with guests; `protectHost` sees to it that
 * no guest comes to another before, and those are told little by little.
 */
export const guestNetworkDuty: Duty = {
  name: 'guest-network',
  pauseMs: async () => 100,
  run: async (ctx, signal) => {
    const woken = ctx.feed.next(isProtectionOld(ctx) ? gatherMs : lookEveryMs, signal)
    const round = rounds.get(ctx.runtime) ?? { digest: '', idleAt: 0 }
    rounds.set(ctx.runtime, round)
    const work = await openWork(ctx.db, batch)
    const came = takeArrived(ctx, batch)
    const protection = await currentProtection(ctx)
    const began = ctx.runtime.monotonic()
    if (work.length > 0 || came.length > 0 || protection.digest !== round.digest) {
      await tell(ctx, work, came, protection, protection.digest !== round.digest)
      round.digest = protection.digest
      // A storm of deploys is told in few words: telling takes a third of the time at most.
      await ctx.runtime.sleep(Math.min(10_000, (ctx.runtime.monotonic() - began) * 2), signal).catch(() => undefined)
      return
    }
    if (began - round.idleAt >= lookEveryMs) {
      round.idleAt = began
      await tellRest(ctx, protection)
    }
    await woken
  },
}

async function tell(
  ctx: ServerContext,
  work: readonly Work[],
  came: readonly number[],
  protection: Protection,
  moved: boolean,
): Promise<void> {
  const changed = await whatChanged(ctx, work)
  const arrived = new Set(came)
  const needs = await needsOfHosts(ctx.db, work.length > 0 || moved ? undefined : came)
  const names = new Map((await networkNames(ctx.db, changed.networks)).map((one) => [one.networkUuid, one]))
  const uuids = await networkUuids(ctx, changed.networks)
  const states = new Map((await groupStatesById(ctx, changed.groups)).map((one) => [one.id, one.state]))
  const told = toldHosts(ctx)
  const inhabited = [...told].flatMap(([id, host]) => (host.hasGuests && (moved || arrived.has(id)) ? [id] : []))
  const none: Need = { networks: new Set(), groups: new Set(), vms: new Set() }
  await Promise.all(
    [...new Set([...needs.keys(), ...inhabited])].map(async (hostId) => {
      if (!ctx.agents.isConnected(hostId)) return
      const need = needs.get(hostId) ?? none
      const addresses = isProtected(ctx, hostId, protection) ? undefined : protection
      await tellOne(ctx, hostId, addresses, async () => {
        if (arrived.has(hostId)) return await everything(ctx, need)
        const groups = await withNamedGroups(ctx.db, need.groups)
        return {
          groups: [...states].flatMap(([id, state]) => (groups.has(id) ? [state] : [])),
          networks: [...need.networks].flatMap((id) => names.get(uuids.get(id) ?? '') ?? []),
          guests: await guestDataOf(
            ctx.db,
            ctx,
            [...changed.vms].filter((id) => need.vms.has(id)).slice(0, mostGuests),
          ),
          complete: false,
        }
      })
    }),
  )
  if (work.length === 0) return
  await transact(ctx, async (tx) =>
    endWork(
      tx,
      work.map((one) => one.id),
    ),
  )
}

/** Everything that a host needs: when it has connected. */
async function everything(ctx: ServerContext, need: Need): Promise<Wanted> {
  return {
    groups: await groupStates(ctx.db, await withNamedGroups(ctx.db, need.groups)),
    networks: await networkNames(ctx.db, need.networks),
    guests: await guestDataOf(ctx.db, ctx, [...need.vms].slice(0, mostGuests)),
    complete: true,
  }
}

async function tellOne(
  ctx: ServerContext,
  hostId: number,
  addresses: Protection | undefined,
  read: () => Promise<Wanted>,
): Promise<void> {
  try {
    const wanted = await read()
    const empty = wanted.groups.length + wanted.networks.length + wanted.guests.length === 0 && !wanted.complete
    if (empty && addresses === undefined) return
    await ctx.agents.call(hostId, 'network.apply', {
      ...wanted,
      ...(addresses === undefined ? {} : { protectedAddresses: addresses.ranges }),
    })
    if (addresses !== undefined) noteTold(ctx, hostId, addresses.digest)
  } catch (error) {
    if (addresses !== undefined) noteTold(ctx, hostId, undefined)
    // It hears everything when it connects; one that answers with a failure looks after itself meanwhile.
    ctx.log.warn({ hostId, err: error }, `a host was not told of guests' networks: ${errorText(error)}`)
  }
}

/** Hosts that keep other addresses than there are; no guest waits for these calls. */
async function tellRest(ctx: ServerContext, protection: Protection): Promise<void> {
  const soonest = ctx.runtime.monotonic() - againMs
  const behind: number[] = []
  for (const [hostId, { digest, failed = soonest }] of toldHosts(ctx)) {
    if (digest !== protection.digest && failed <= soonest && ctx.agents.isConnected(hostId)) behind.push(hostId)
    if (behind.length === idleBatch) break
  }
  const nothing = async (): Promise<Wanted> => ({ groups: [], networks: [], guests: [], complete: false })
  await Promise.all(behind.map((hostId) => tellOne(ctx, hostId, protection, nothing)))
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
