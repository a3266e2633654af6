import type { PoolRef, VmSpec } from '@altostack/agent-api'
import type { JsonObject } from '@altostack/core'

/** A guest on a simulated host, as its libvirt would have it. */
export type Domain = {
  readonly hostName: string
  readonly instanceName: string
  readonly uuid: string
  /** Its disks and NICs change as they are plugged and unplugged. */
  spec: VmSpec
  /** The mark inside the guest: the generation it was started, or last settled, with. 0: not ours. */
  generation: number
  state: 'running' | 'paused'
  /** libvirt's word: booted, migrated, migration. */
  reason: string
  migrating: 'none' | 'incoming' | 'outgoing'
  readonly vncPort: number
  readonly machineType: string
  readonly cpuXml: string
  readonly acceleration: 'kvm' | 'tcg'
  /** Keys of its disks, the same on every host that shares the pool. */
  diskKeys: readonly string[]
  /** Where copies of its disks are kept in step, by volume. */
  readonly mirrors: Map<string, PoolRef>
  /** Answers no ACPI event: only being destroyed ends it. */
  deaf: boolean
  job?: MigrationJob
}

export type MigrationJob = {
  aborted: boolean
  progress: JsonObject
  readonly outcome: Promise<JsonObject>
}

/** What survives in a state file. */
export type SavedDomain = Omit<Domain, 'job' | 'hostName' | 'diskKeys' | 'mirrors'>
