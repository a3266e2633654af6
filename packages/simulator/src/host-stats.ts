import type { GuestStats, HostStats, StatRates } from '@altostack/agent-api'
import type { Domain } from './domain.ts'
import type { HostProfile } from './host-profile.ts'

const dayMs = 86_400_000

/**
 * Figures that look like a datacentre's and are the same for the same guest at the same time: each guest has a level of
 * its own, a day with a busy afternoon, and some unrest.
 */
export function simulatedGuestStats(domain: Domain, now: number): GuestStats {
  const seed = seedOf(domain.uuid)
  const memoryBytes = domain.spec.memoryBytes
  const busy = domain.state === 'running' ? activity(seed, now) : 0
  const disks = domain.spec.disks.length
  const rates = ratesOf(seed, busy)
  return {
    uuid: domain.uuid,
    cpuPercent: Math.min(100, busy * 100),
    memoryBytes,
    memoryTargetBytes: memoryBytes,
    memoryFreeBytes: Math.round(memoryBytes * (0.75 - 0.5 * fraction(seed, 3) - 0.2 * busy)),
    rates,
    volumes: domain.spec.disks.map(({ volumeUuid }) => ({
      uuid: volumeUuid,
      readBytes: rates.readBytes / disks,
      writtenBytes: rates.writtenBytes / disks,
      reads: rates.reads / disks,
      writes: rates.writes / disks,
      physicalBytes: Math.round(1e9 * (1 + 9 * fraction(seedOf(volumeUuid), 1))),
    })),
  }
}

/** The sum of what its guests do, and a little of its own. */
export function simulatedHostStats(profile: HostProfile, domains: Iterable<Domain>, now: number): HostStats {
  let cpus = 0.01 * profile.cpus
  let memory = Math.min(2 * 1024 ** 3, profile.memoryBytes / 16)
  const total: Record<keyof StatRates, number> = {
    receivedBytes: 2000,
    sentBytes: 2000,
    readBytes: 1000,
    writtenBytes: 20_000,
    reads: 1,
    writes: 4,
  }
  for (const domain of domains) {
    const guest = simulatedGuestStats(domain, now)
    cpus += ((guest.cpuPercent ?? 0) / 100) * domain.spec.cpus
    memory += guest.memoryBytes - (guest.memoryFreeBytes ?? 0)
    for (const name of Object.keys(total) as (keyof StatRates)[]) total[name] += guest.rates?.[name] ?? 0
  }
  return {
    cpuPercent: Math.min(100, (cpus / profile.cpus) * 100),
    load1: cpus,
    memoryUsedBytes: Math.min(profile.memoryBytes, Math.round(memory)),
    memoryTotalBytes: profile.memoryBytes,
    rates: total,
  }
}

function ratesOf(seed: number, busy: number): StatRates {
  const network = busy * 2e6 * (0.2 + fraction(seed, 4))
  const disk = busy * 4e6 * (0.2 + fraction(seed, 5))
  return {
    receivedBytes: network,
    sentBytes: network * (0.3 + fraction(seed, 6)),
    readBytes: disk * 0.6,
    writtenBytes: disk,
    reads: (disk * 0.6) / 16_384,
    writes: disk / 16_384,
  }
}

/** 0 to 1: own level, time of day, unrest of minutes. */
function activity(seed: number, now: number): number {
  const level = 0.05 + 0.35 * fraction(seed, 1)
  const day = 1 + 0.6 * Math.sin(2 * Math.PI * ((now % dayMs) / dayMs - 0.35 + 0.1 * fraction(seed, 2)))
  const unrest = 0.75 + 0.5 * fraction(seed + Math.floor(now / 60_000), 7)
  return Math.min(1, level * day * unrest)
}

function seedOf(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16) >>> 0
}

/** A fixed number in [0, 1) of seed and purpose. */
function fraction(seed: number, purpose: number): number {
  let mixed = (seed ^ Math.imul(purpose, 0x9e3779b1)) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}
