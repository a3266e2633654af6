import type { CheckResult, HostFacts } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import type { HostDisk } from './host-disk.ts'
import type { HostProfile } from './host-profile.ts'
import type { Hypervisor } from './hypervisor.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { World } from './world.ts'

/** Everything a method may touch; a new one in each life of the agent. */
export type HostContext = {
  readonly runtime: Runtime
  readonly world: World
  readonly profile: HostProfile
  readonly disk: HostDisk
  readonly hypervisor: Hypervisor
  /** One start, stop or settlement of a guest at a time. */
  readonly guests: KeyedLock
  /** Acts that reach beyond a method; they run after the answer is sent. */
  readonly control: HostControl
}

export type HostControl = {
  readonly reconnect: (reason: string) => void
  readonly setServers: (servers: readonly string[]) => void
  readonly leave: (forget: boolean) => void
  /** Sends an image to the management server. Rejects where the host has no way to do so. */
  readonly sendImage: (uuid: string, content: Uint8Array) => Promise<void>
  readonly check: (names: readonly string[]) => CheckResult[]
  readonly facts: () => HostFacts
}
