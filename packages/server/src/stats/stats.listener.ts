import type { GuestStats, HostStats, Params, StatRates } from '@altostack/agent-api'
import type { HostListener } from '../agents/host-listener.ts'
import type { ServerContext } from '../context.ts'
import { sampleOf } from './series.ts'

type Known = {
  readonly at: number
  /** Ids by uuid. */
  readonly vms: ReadonlyMap<string, number>
  readonly volumes: ReadonlyMap<string, number>
}
/** What is on each host, by host id; a map a server. */
const onHosts = new WeakMap<ServerContext['runtime'], Map<number, Known>>()
const knownMs = 300_000
/** A host that reports what is not on it, such as guests of others, does not make us look each time. */
const lookAgainMs = 20_000

/** Keeps what hosts report of themselves and of guests that are theirs; what a host says of others is dropped. */
export const statsListener: HostListener = {
  name: 'statistics',
  async stats(ctx, hostId, report) {
    const at = ctx.runtime.now()
    const { spanMs, host, guests } = report
    if (host !== undefined) ctx.stats.record('host', hostId, { at, spanMs, sample: hostSample(host) })
    if (guests === undefined) return
    const known = await knownOn(ctx, hostId, report)
    for (const guest of guests) {
      const id = known.vms.get(guest.uuid)
      if (id === undefined) continue
      const { memoryBytes, memoryTargetBytes, memoryFreeBytes } = guest
      ctx.stats.record('vm', id, {
        at,
        spanMs,
        sample: guestSample(guest),
        memory: { memoryBytes, memoryTargetBytes, memoryFreeBytes },
      })
      for (const volume of guest.volumes) {
        const volumeId = known.volumes.get(volume.uuid)
        if (volumeId !== undefined) ctx.stats.record('volume', volumeId, { at, spanMs, sample: volumeSample(volume) })
      }
    }
  },
  async lost(ctx, hostId) {
    onHosts.get(ctx.runtime)?.delete(hostId)
  },
}

async function knownOn(ctx: ServerContext, hostId: number, report: Params<'report.stats'>): Promise<Known> {
  const hosts = onHosts.get(ctx.runtime) ?? new Map<number, Known>()
  onHosts.set(ctx.runtime, hosts)
  const now = ctx.runtime.now()
  const before = hosts.get(hostId)
  const complete =
    before !== undefined &&
    (report.guests ?? []).every(
      (guest) => before.vms.has(guest.uuid) && guest.volumes.every((volume) => before.volumes.has(volume.uuid)),
    )
  if (before !== undefined && now - before.at < (complete ? knownMs : lookAgainMs)) return before
  const vms = await ctx.db
    .selectFrom('vm_instance')
    .select(['id', 'uuid'])
    .where('host_id', '=', hostId)
    .where('removed', 'is', null)
    .execute()
  const volumes =
    vms.length === 0
      ? []
      : await ctx.db
          .selectFrom('volumes')
          .select(['id', 'uuid'])
          .where(
            'instance_id',
            'in',
            vms.map((row) => row.id),
          )
          .where('removed', 'is', null)
          .execute()
  const known = { at: now, vms: idsByUuid(vms), volumes: idsByUuid(volumes) }
  hosts.set(hostId, known)
  return known
}

function idsByUuid(rows: readonly { readonly id: number; readonly uuid: string }[]): Map<string, number> {
  return new Map(rows.map((row) => [row.uuid, row.id]))
}

function hostSample(host: HostStats) {
  return sampleOf('host', {
    cpu: host.cpuPercent,
    memory: host.memoryUsedBytes,
    load: host.load1,
    ...flowOf(host.rates),
  })
}

function guestSample(guest: GuestStats) {
  return sampleOf('vm', {
    cpu: guest.cpuPercent,
    memory: guest.memoryFreeBytes === undefined ? guest.memoryBytes : guest.memoryBytes - guest.memoryFreeBytes,
    ...(guest.rates === undefined ? {} : flowOf(guest.rates)),
  })
}

function volumeSample(volume: GuestStats['volumes'][number]) {
  return sampleOf('volume', {
    diskRead: volume.readBytes,
    diskWrite: volume.writtenBytes,
    diskReadOps: volume.reads,
    diskWriteOps: volume.writes,
    used: volume.physicalBytes,
  })
}

function flowOf(rates: StatRates) {
  return {
    netRx: rates.receivedBytes,
    netTx: rates.sentBytes,
    diskRead: rates.readBytes,
    diskWrite: rates.writtenBytes,
    diskReadOps: rates.reads,
    diskWriteOps: rates.writes,
  }
}
