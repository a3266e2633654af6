import type { VmSpec } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import type { Domain, SavedDomain } from './domain.ts'
import type { HostProfile } from './host-profile.ts'
import type { Oracle } from './oracle.ts'
import { diskKey, type Storage } from './storage.ts'

export type DomainEvent = 'started' | 'resumed' | 'suspended' | 'stopped'
export type DomainListener = (domain: Domain, event: DomainEvent, detail: string) => void
export type NewDomain = Pick<Domain, 'generation' | 'machineType' | 'cpuXml' | 'acceleration'> &
  Partial<Pick<Domain, 'state' | 'reason' | 'migrating' | 'deaf'>>

/** The guests of one host. It outlives the agent; a power cut ends it and them. */
export type Hypervisor = {
  readonly profile: HostProfile
  readonly domains: ReadonlyMap<string, Domain>
  /** How the last life of a guest that is gone ended here; nothing after a power cut. */
  readonly lastEnd: (instanceName: string) => string | undefined
  /** False while the host has no power or its migration network is cut. */
  readonly reachable: () => boolean
  /** Fault: the next hand-over of a migration is lost, both copies stay paused. Taken by asking. */
  readonly losesHandOver: () => boolean
  readonly start: (spec: VmSpec, domain: NewDomain, detail: string) => Domain
  readonly pause: (domain: Domain, reason: string) => void
  readonly resume: (domain: Domain, reason: string) => void
  /** False: it was not there any more. */
  readonly end: (domain: Domain, detail: string) => boolean
  /** Asks the guest to end by itself; it does so a while later, unless it is deaf. */
  readonly shutDown: (domain: Domain) => void
  /** The guest's disks from now on. */
  readonly setDisks: (domain: Domain, disks: VmSpec['disks']) => void
  /** Something of a guest changed that a state file must have. */
  readonly touch: () => void
  /** Every guest is gone at once, without an event. */
  readonly cutPower: () => void
  readonly restore: (saved: readonly SavedDomain[]) => void
  readonly saved: () => SavedDomain[]
}

export type HypervisorOptions = {
  readonly runtime: Runtime
  readonly profile: HostProfile
  readonly oracle: Oracle
  readonly storage: Storage
  readonly reachable: () => boolean
  readonly losesHandOver: () => boolean
  readonly listener: DomainListener
  readonly changed: () => void
}

export function createHypervisor(options: HypervisorOptions): Hypervisor {
  const { profile, oracle, listener, changed, runtime } = options
  const domains = new Map<string, Domain>()
  const ends = new Map<string, string>()

  function insert(spec: VmSpec, fields: Omit<SavedDomain, 'instanceName' | 'uuid' | 'spec'>): Domain {
    const domain: Domain = {
      ...fields,
      hostName: profile.name,
      instanceName: spec.instanceName,
      uuid: spec.uuid,
      spec: { ...spec, vncPassword: '' },
      diskKeys: keysOf(spec.disks),
      mirrors: new Map(),
    }
    domains.set(spec.instanceName, domain)
    ends.delete(spec.instanceName)
    if (domain.state === 'running') oracle.runs(domain)
    return domain
  }

  function keysOf(disks: VmSpec['disks']): string[] {
    return disks.map((disk) => diskKey(options.storage.directory(disk.pool, profile.name), disk.volumeUuid))
  }

  function freePort(): number {
    const taken = new Set([...domains.values()].map((domain) => domain.vncPort))
    let port = 5900
    while (taken.has(port)) port++
    return port
  }

  function end(domain: Domain, detail: string): boolean {
    if (domains.get(domain.instanceName) !== domain) return false
    domains.delete(domain.instanceName)
    ends.set(domain.instanceName, detail)
    oracle.rests(domain)
    changed()
    listener(domain, 'stopped', detail)
    return true
  }

  return {
    profile,
    domains,
    lastEnd: (instanceName) => ends.get(instanceName),
    reachable: options.reachable,
    losesHandOver: options.losesHandOver,
    start(spec, fields, detail) {
      if (domains.has(spec.instanceName)) throw new Error(`domain ${spec.instanceName} exists`)
      const domain = insert(spec, {
        state: 'running',
        reason: 'booted',
        migrating: 'none',
        deaf: false,
        ...fields,
        vncPort: freePort(),
      })
      changed()
      listener(domain, 'started', detail)
      return domain
    },
    pause(domain, reason) {
      domain.state = 'paused'
      domain.reason = reason
      oracle.rests(domain)
      changed()
      listener(domain, 'suspended', reason)
    },
    resume(domain, reason) {
      domain.state = 'running'
      domain.reason = reason
      oracle.runs(domain)
      changed()
      listener(domain, 'resumed', reason)
    },
    end,
    shutDown(domain) {
      if (domain.deaf || domain.state !== 'running') return
      runtime.after(profile.guestShutdownMs, () => {
        if (domain.state === 'running' && !domain.deaf) end(domain, 'shutdown')
      })
    },
    setDisks(domain, disks) {
      const runs = domain.state === 'running'
      if (runs) oracle.rests(domain)
      domain.spec = { ...domain.spec, disks }
      domain.diskKeys = keysOf(disks)
      if (runs) oracle.runs(domain)
      changed()
    },
    touch: changed,
    cutPower() {
      for (const domain of domains.values()) oracle.rests(domain)
      domains.clear()
      changed()
    },
    restore(saved) {
      for (const { spec, ...fields } of saved) insert(spec, fields)
    },
    saved: () =>
      [...domains.values()].map(({ job: _job, hostName: _host, diskKeys: _keys, mirrors: _mirrors, ...saved }) => ({
        ...saved,
        // A migration does not outlive the process that carries its wire.
        migrating: saved.migrating === 'outgoing' ? ('none' as const) : saved.migrating,
      })),
  }
}
