import { loadavg } from 'node:os'
import { basename } from 'node:path'
import type { GuestStats, HostStats, StatRates, VolumeStats } from '@altostack/agent-api'
import { ConnectGetAllDomainStatsFlags, type DomainStats, DomainStatsTypes, type ParamRecord } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { type HostCounters, readHostCounters, readMemory } from './host-counters.ts'

const wanted =
  DomainStatsTypes.STATE |
  DomainStatsTypes.CPU_TOTAL |
  DomainStatsTypes.BALLOON |
  DomainStatsTypes.VCPU |
  DomainStatsTypes.INTERFACE |
  DomainStatsTypes.BLOCK

export type StatsCollector = {
  readonly host: () => HostStats
  readonly guests: () => Promise<GuestStats[]>
}

/** Turns the counters of kernel and libvirt into rates; remembers one reading of each. */
export function createStatsCollector(context: HostContext): StatsCollector {
  const { runtime } = context
  let hostBefore = { at: runtime.monotonic(), counters: readHostCounters() }
  let guestsBefore = new Map<string, { readonly at: number; readonly stats: ParamRecord }>()
  return {
    host() {
      const now = { at: runtime.monotonic(), counters: readHostCounters() }
      const before = hostBefore
      hostBefore = now
      const memory = readMemory()
      return {
        cpuPercent: percent(
          now.counters.busyMs - before.counters.busyMs,
          now.counters.totalMs - before.counters.totalMs,
        ),
        load1: loadavg()[0] ?? 0,
        memoryUsedBytes: memory.usedBytes,
        memoryTotalBytes: memory.totalBytes,
        rates: rates(before.counters, now.counters, now.at - before.at),
      }
    },
    async guests() {
      if (!context.libvirt.up()) return []
      // NOWAIT: a guest whose QEMU is busy answers with what libvirt knows by itself instead of holding up all others.
      const flags = ConnectGetAllDomainStatsFlags.ACTIVE | ConnectGetAllDomainStatsFlags.NOWAIT
      const all = await context.libvirt.use(({ host }) =>
        host.getAllDomainStats(wanted, flags, [], { timeoutMs: 20_000 }),
      )
      const at = runtime.monotonic()
      const before = guestsBefore
      guestsBefore = new Map(all.map(({ domain, stats }) => [domain.uuid, { at, stats }]))
      return all.map((one) => {
        const last = before.get(one.domain.uuid)
        return guestStatsOf(one, last?.stats, last === undefined ? 0 : at - last.at)
      })
    },
  }
}

/** One guest from two readings of libvirt's bulk statistics, `spanMs` apart; pure. */
export function guestStatsOf(
  { domain, stats }: Pick<DomainStats, 'domain' | 'stats'>,
  before: ParamRecord | undefined,
  spanMs: number,
): GuestStats {
  const memoryBytes = number(stats['balloon.current']) * 1024
  const memory = {
    uuid: domain.uuid,
    memoryBytes,
    memoryTargetBytes: number(stats['balloon.maximum'] ?? stats['balloon.current']) * 1024,
    ...memoryFree(stats, memoryBytes),
  }
  // A guest that was started anew counts from nothing.
  if (before === undefined || spanMs <= 0 || number(stats['cpu.time']) < number(before['cpu.time'])) {
    return { ...memory, volumes: [] }
  }
  const cpus = Math.max(1, number(stats['vcpu.current']))
  const now = guestCounters(stats)
  return {
    ...memory,
    cpuPercent: percent(number(stats['cpu.time']) - number(before['cpu.time']), spanMs * 1e6 * cpus),
    rates: rates(guestCounters(before), now, spanMs),
    volumes: volumesOf(stats, before, spanMs),
  }
}

/** What the guest's balloon driver says; a driver that has not said anything yet says nothing here either. */
function memoryFree(stats: ParamRecord, memoryBytes: number): { memoryFreeBytes?: number } {
  const unused = stats['balloon.usable'] ?? stats['balloon.unused']
  if (unused === undefined || number(stats['balloon.last-update']) === 0) return {}
  return { memoryFreeBytes: Math.min(memoryBytes, number(unused) * 1024) }
}

type Flow = Omit<HostCounters, 'busyMs' | 'totalMs'>

function guestCounters(stats: ParamRecord): Flow {
  const sum = (group: string, name: string): number => {
    let total = 0
    for (let at = 0; at < number(stats[`${group}.count`]); at++) total += number(stats[`${group}.${at}.${name}`])
    return total
  }
  return {
    receivedBytes: sum('net', 'rx.bytes'),
    sentBytes: sum('net', 'tx.bytes'),
    readBytes: sum('block', 'rd.bytes'),
    writtenBytes: sum('block', 'wr.bytes'),
    reads: sum('block', 'rd.reqs'),
    writes: sum('block', 'wr.reqs'),
  }
}

const uuidName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Disks whose file or device is named by the volume's id, as ours are. */
function volumesOf(stats: ParamRecord, before: ParamRecord, spanMs: number): VolumeStats[] {
  const found: VolumeStats[] = []
  for (let at = 0; at < number(stats['block.count']); at++) {
    const path = stats[`block.${at}.path`]
    const uuid = typeof path === 'string' ? basename(path) : ''
    const earlier = blockOf(before, path)
    if (!uuidName.test(uuid) || earlier === undefined) continue
    const each = (name: string): number =>
      perSecond(number(stats[`block.${at}.${name}`]) - number(before[`block.${earlier}.${name}`]), spanMs)
    const physical = stats[`block.${at}.allocation`]
    found.push({
      uuid,
      readBytes: each('rd.bytes'),
      writtenBytes: each('wr.bytes'),
      reads: each('rd.reqs'),
      writes: each('wr.reqs'),
      ...(physical === undefined ? {} : { physicalBytes: number(physical) }),
    })
  }
  return found
}

/** Numbers of disks move when one is plugged or unplugged. */
function blockOf(stats: ParamRecord, path: unknown): number | undefined {
  for (let at = 0; at < number(stats['block.count']); at++) if (stats[`block.${at}.path`] === path) return at
  return undefined
}

function rates(before: Flow, now: Flow, spanMs: number): StatRates {
  const each = (name: keyof Flow): number => perSecond(now[name] - before[name], spanMs)
  return {
    receivedBytes: each('receivedBytes'),
    sentBytes: each('sentBytes'),
    readBytes: each('readBytes'),
    writtenBytes: each('writtenBytes'),
    reads: each('reads'),
    writes: each('writes'),
  }
}

/** A counter that went back was set back: nothing is known, so nothing is claimed. */
function perSecond(difference: number, spanMs: number): number {
  return spanMs <= 0 || difference <= 0 ? 0 : (difference * 1000) / spanMs
}

function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(100, Math.max(0, (part * 100) / whole))
}

function number(value: unknown): number {
  const read = Number(value ?? 0)
  return Number.isFinite(read) ? read : 0
}
