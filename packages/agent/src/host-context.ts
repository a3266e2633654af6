import type { Runtime } from '@altostack/core'
import type { Acceleration } from './acceleration/acceleration.ts'
import type { Incarnation } from './journal/incarnation.ts'
import type { Journal } from './journal/journal.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { Libvirt } from './libvirt/libvirt.ts'
import type { Log } from './log.ts'
import type { GuestNetwork } from './network/guest-network.ts'
import type { Segments } from './network/segments.ts'
import type { Paths } from './paths.ts'
import type { Settings } from './properties/settings.ts'
import type { StateDatabase } from './state-database.ts'
import type { PoolAccess } from './storage/pool-access.ts'
import type { PoolLeases } from './storage/pool-lease.ts'
import type { Identity } from './trust/identity.ts'

/** Fetches part of an image from a connected management server into `sink`; resolves with the bytes taken. */
export type ImageFetch = (
  templateUuid: string,
  offset: number,
  sink: (chunk: Uint8Array) => Promise<void>,
  signal: AbortSignal,
) => Promise<number>

/** Sends an image to a connected management server; resumes what was cut. `progress` hears the bytes that have come. */
export type ImageSend = (
  uuid: string,
  path: string,
  sizeBytes: number,
  progress: (sentBytes: number) => void,
  signal: AbortSignal,
) => Promise<void>

/** Everything a method may touch. */
export type HostContext = {
  readonly runtime: Runtime
  readonly log: Log
  readonly paths: Paths
  readonly settings: Settings
  readonly database: StateDatabase
  readonly journal: Journal
  readonly incarnation: Incarnation
  readonly identity: () => Identity
  readonly libvirt: Libvirt
  readonly acceleration: Acceleration
  readonly pools: PoolAccess
  readonly leases: PoolLeases
  readonly segments: Segments
  readonly guestNetwork: GuestNetwork
  readonly fetchImage: ImageFetch
  readonly sendImage: ImageSend
  /** One start, stop or settlement of a guest at a time. */
  readonly guests: KeyedLock
  /** Acts that reach beyond a method: reconnect, leave. They run after the answer is sent. */
  readonly control: HostControl
}

export type HostControl = {
  readonly reconnect: (reason: string) => void
  readonly setServers: (servers: readonly string[]) => void
  /** The agent ends; with `forget` its certificate is removed first. */
  readonly leave: (forget: boolean) => void
  /** Runs the named checks (those of a hello when empty) on this host, measured by the subject. */
  readonly check: (
    names: readonly string[],
    subject?: import('@altostack/agent-api').CheckSubject,
  ) => Promise<import('@altostack/agent-api').CheckResult[]>
  readonly facts: () => Promise<import('@altostack/agent-api').HostFacts>
  /** Makes libvirt's certificates and listener as the settings say. */
  readonly configure: () => Promise<void>
}
