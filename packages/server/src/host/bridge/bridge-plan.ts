import { planIfupdown } from './plan-ifupdown.ts'
import { planKeyfiles } from './plan-keyfiles.ts'
import { planNetplan } from './plan-netplan.ts'
import { planNetworkd } from './plan-networkd.ts'

/** Whose configuration the network of a host is. */
export type NetworkBackend = 'ifupdown' | 'netplan' | 'networkmanager' | 'networkd'

/** What was read on a host about one NIC. */
export type NetworkFacts = {
  readonly nic: string
  readonly mac: string
  readonly mtu: number
  readonly backend: NetworkBackend
  /** The backend's files by absolute path. */
  readonly files: Readonly<Record<string, string>>
}

/** A file as it shall be. Modes are octal; secrets of NetworkManager's connections are root's alone. */
export type PlannedFile = { readonly path: string; readonly content: string; readonly mode: string }

/** Pure: what to write, and the commands (one a line of `sh`) that make it true and that take it back. */
export type BridgePlan = {
  readonly backend: NetworkBackend
  readonly bridge: string
  readonly nic: string
  readonly files: readonly PlannedFile[]
  /** Run after the files are written; the connection may be gone meanwhile. */
  readonly apply: readonly string[]
  /** Run before the old files are put back (`down`), and after (`up`). */
  readonly down: readonly string[]
  readonly up: readonly string[]
}

/** A plan cannot be made: the text says why. */
export class NoBridgePlan extends Error {
  override readonly name = 'NoBridgePlan'
}

const planners: Readonly<
  Record<NetworkBackend, (facts: NetworkFacts, bridge: string) => BridgePlan | Promise<BridgePlan>>
> = {
  ifupdown: planIfupdown,
  netplan: planNetplan,
  networkmanager: planKeyfiles,
  networkd: planNetworkd,
}

/** The bridge in the backend's own configuration: the NIC becomes a port, the bridge takes addresses and MAC address. */
export async function planBridge(facts: NetworkFacts, bridge: string): Promise<BridgePlan> {
  return await planners[facts.backend](facts, bridge)
}
