import type { Runtime } from '@altostack/core'
import type { Hypervisor } from './hypervisor.ts'
import type { Oracle } from './oracle.ts'
import type { Storage } from './storage.ts'

/** What the simulated hosts of a process have in common: shared storage, the wire of migrations, the oracle. */
export type World = {
  readonly runtime: Runtime
  readonly storage: Storage
  readonly oracle: Oracle
  /** Probe stations by MAC address, and the wire that each stands on. */
  readonly stations: Map<string, { readonly wire: string }>
  /** The hypervisor that listens for migrations at an address; undefined when nobody answers there. */
  readonly hypervisorAt: (address: string) => Hypervisor | undefined
  /** What images hold that were made of volumes here, by their checksum. */
  readonly images: Map<string, string>
}
