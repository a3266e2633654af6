import type {
  AgentErrorData,
  GuestData,
  HostMethodName,
  NetworkNames,
  NicSpec,
  PoolRef,
  SecurityGroup,
  VmToken,
} from '@altostack/agent-api'
import type { Json } from '@altostack/core'

export type SavedError = AgentErrorData & { readonly message: string; readonly rpcCode: number }
export type Outcome =
  | { readonly state: 'done'; readonly result: Json }
  | { readonly state: 'failed'; readonly error: SavedError }
export type Entry = {
  readonly key: string
  readonly method: HostMethodName
  readonly params: unknown
  readonly state: 'started' | 'done' | 'failed'
  readonly outcome?: Outcome
}
export type Reservation = { readonly instanceName: string; readonly nic: NicSpec }

/** What the agent of a host keeps on its disk: it survives a crash of the agent and a power cut of the host. */
export type HostDisk = {
  readonly journal: Map<string, Entry>
  /** Highest epoch by run; the least recently used go first. */
  readonly runs: Map<string, number>
  readonly vms: Map<string, Pick<VmToken, 'uuid' | 'generation'>>
  /** Undefined before the first hello. */
  acknowledged: number | undefined
  heard: number
  readonly pools: Map<string, PoolRef>
  /** DHCP reservations by NIC. */
  readonly reservations: Map<string, Reservation>
  /** Security groups, names by network, and data of guests by instance name: each the newest that was told. */
  readonly groups: Map<string, SecurityGroup>
  readonly names: Map<string, NetworkNames>
  readonly guestData: Map<string, GuestData>
  readonly settings: Map<string, string>
  /** Addresses of hosts that no guest may reach, as ranges. */
  protectedAddresses: readonly string[]
  /** Hosts that VXLANs flood to. */
  peers: readonly string[]
  servers: readonly string[]
}

export function emptyDisk(servers: readonly string[]): HostDisk {
  return {
    journal: new Map(),
    runs: new Map(),
    vms: new Map(),
    acknowledged: undefined,
    heard: 0,
    pools: new Map(),
    reservations: new Map(),
    groups: new Map(),
    names: new Map(),
    guestData: new Map(),
    protectedAddresses: [],
    settings: new Map(),
    peers: [],
    servers,
  }
}

const maps = ['journal', 'runs', 'vms', 'pools', 'reservations', 'groups', 'names', 'guestData', 'settings'] as const
export type SavedDisk = { readonly [K in (typeof maps)[number]]: readonly (readonly [string, unknown])[] } & {
  readonly acknowledged?: number | undefined
  readonly heard: number
  readonly servers: readonly string[]
  readonly peers?: readonly string[]
  readonly protectedAddresses?: readonly string[]
}

export function saveDisk(disk: HostDisk): SavedDisk {
  const entries = Object.fromEntries(maps.map((name) => [name, [...disk[name]]]))
  return {
    ...entries,
    acknowledged: disk.acknowledged,
    heard: disk.heard,
    servers: disk.servers,
    peers: disk.peers,
    protectedAddresses: disk.protectedAddresses,
  } as SavedDisk
}

export function readDisk(saved: SavedDisk): HostDisk {
  const entries = Object.fromEntries(maps.map((name) => [name, new Map(saved[name])]))
  const { acknowledged, heard, servers, peers = [], protectedAddresses = [] } = saved
  return { ...entries, acknowledged, heard, servers, peers, protectedAddresses } as HostDisk
}
