import type { DomainReport, PoolRef, Transport } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import { defaultSize, type HostSize, hostProfile } from './host-profile.ts'
import { createOracle } from './oracle.ts'
import { createSimulatedHost, type SavedHost, type SimulatedHost, type SimulatedHostOptions } from './simulated-host.ts'
import { createStorage, type DirectoryWatcher, type PoolDirectory, type PoolFile } from './storage.ts'
import type { Violation } from './violation.ts'
import type { World } from './world.ts'

export type FleetOptions = {
  readonly runtime: Runtime
  /** Of chances and latency; drawn from the runtime when absent. */
  readonly seed?: number
  /** Tells the machines of this fleet from those of another. */
  readonly name?: string
  /** Host names are this and a number from 1. */
  readonly hostPrefix?: string
  readonly size?: Partial<HostSize>
  /** Bytes of each pool. */
  readonly poolCapacityBytes?: number
  readonly latencyMs?: number
  readonly storageWatcher?: DirectoryWatcher
}
export type NewHost = Pick<SimulatedHostOptions, 'servers' | 'transport'> &
  Partial<
    Pick<
      SimulatedHostOptions,
      'hostUuid' | 'saved' | 'save' | 'sendImage' | 'onForgotten' | 'onLink' | 'onError' | 'backoffMs' | 'latencyMs'
    >
  > & {
    readonly size?: Partial<HostSize>
    /** Its number, when hosts do not come in order. */
    readonly index?: number
  }

export type FleetFile = PoolFile & { readonly pool: string; readonly name: string }

/** Simulated hosts that share storage and a migration network, and the oracle that watches them all. */
export type SimulatedFleet = {
  /** Adds the next host; it does nothing until `start`. */
  readonly addHost: (host: NewHost) => SimulatedHost
  /** By number, from 0. Throws when there is none. */
  readonly host: (index: number) => SimulatedHost
  readonly hosts: () => readonly SimulatedHost[]
  /** Starts every agent. */
  readonly start: () => void
  readonly stop: () => void
  /** What must never have happened; empty in a correct run. */
  readonly violations: () => readonly Violation[]
  /** Every guest of every host. */
  readonly domains: () => readonly (DomainReport & { readonly host: string })[]
  /** Every file of every pool. */
  readonly files: () => readonly FleetFile[]
  /** A pool's directory, to break it: set its `fault`. `host` matters for local pools only. */
  readonly directory: (pool: PoolRef, host?: SimulatedHost) => PoolDirectory
  readonly world: World
  readonly restoreStorage: (
    key: string,
    marker: string | undefined,
    files: Iterable<readonly [string, PoolFile]>,
  ) => void
}

export function createFleet(options: FleetOptions): SimulatedFleet {
  const { runtime } = options
  const random = generator(options.seed ?? Math.floor(runtime.random() * 2 ** 32))
  const size = { ...defaultSize, ...options.size }
  const hosts: SimulatedHost[] = []
  const byIndex = new Map<number, SimulatedHost>()
  const byAddress = new Map<string, SimulatedHost>()
  const storage = createStorage(runtime, options.poolCapacityBytes ?? 10 * 1024 ** 4, options.storageWatcher)
  const oracle = createOracle(runtime)
  const world: World = {
    runtime,
    storage,
    oracle,
    stations: new Map(),
    images: new Map(),
    hypervisorAt(address) {
      const host = byAddress.get(address)
      return host?.hypervisor.reachable() ? host.hypervisor : undefined
    },
  }
  const fleetName = options.name ?? `fleet-${options.seed ?? runtime.uuid()}`

  return {
    addHost(host) {
      const index = host.index ?? hosts.length
      const profile = hostProfile(fleetName, index, { ...size, ...host.size }, options.hostPrefix ?? 'sim')
      const added = createSimulatedHost({
        ...host,
        runtime,
        world,
        profile,
        random,
        hostUuid: host.hostUuid ?? runtime.uuid(),
        latencyMs: host.latencyMs ?? options.latencyMs ?? 0,
      })
      hosts.push(added)
      byIndex.set(index, added)
      byAddress.set(profile.address, added)
      return added
    },
    host(index) {
      const host = byIndex.get(index)
      if (host === undefined) throw new RangeError(`the fleet has ${hosts.length} hosts, no number ${index}`)
      return host
    },
    hosts: () => hosts,
    start: () => hosts.forEach((host) => void host.start()),
    stop: () => hosts.forEach((host) => void host.stop()),
    violations: oracle.violations,
    domains: () => hosts.flatMap((host) => host.domains().map((one) => ({ ...one, host: host.profile.name }))),
    files: () =>
      storage
        .directories()
        .flatMap(({ key, files }) => [...files].map(([name, file]) => ({ ...file, pool: key, name }))),
    directory: (pool, host) => storage.directory(pool, host?.profile.name ?? ''),
    world,
    restoreStorage: storage.restore,
  }
}

/** mulberry32: small, seeded, uniform in [0, 1). */
function generator(seed: number): () => number {
  let at = seed >>> 0
  return () => {
    at = (at + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export type { SavedHost, Transport }
