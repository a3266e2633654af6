/** What the planner sees of the world: plain values, read once. Sizes in bytes, speeds in MHz. */
export type ZoneView = {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly enabled: boolean
  readonly localStorage: boolean
}
export type PodView = { readonly id: number; readonly uuid: string; readonly name: string; readonly enabled: boolean }
export type ClusterView = {
  readonly id: number
  readonly zoneId: number
  readonly podId: number
  readonly uuid: string
  readonly name: string
  readonly enabled: boolean
  readonly managed: boolean
  readonly hypervisor: string
  readonly arch: string
  /** Over-commit: effective total = total x ratio. */
  readonly cpuRatio: number
  readonly memoryRatio: number
  /** Share of the cluster's effective total above which nothing new is placed there; 1 or more: never. */
  readonly cpuThreshold: number
  readonly memoryThreshold: number
}
export type HostView = {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly clusterId: number
  readonly status: string
  /** Not Up, because the server it was connected to has ended: it is expected back within seconds. */
  readonly awaited: boolean
  readonly resourceState: string
  readonly hypervisor: string
  readonly arch: string
  /** Its version of QEMU; empty when it is not known. */
  readonly qemu: string
  readonly cores: number
  readonly mhz: number
  readonly tags: readonly string[]
  readonly cpuTotal: number
  /** Used and reserved together: what is not free. */
  readonly cpuTaken: number
  readonly memoryTotal: number
  readonly memoryTaken: number
  readonly guests: number
  /** Pools attached here, by id. */
  readonly pools: readonly number[]
}
export type PoolView = {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly status: string
  readonly scope: string
  readonly hypervisor: string | null
  readonly tags: readonly string[]
  readonly capacityBytes: number
  readonly usedBytes: number
  readonly allocatedBytes: number
  /** Templates whose copy is on the pool, or on its way, with their space already claimed. */
  readonly templates: readonly number[]
  readonly overprovisioning: number
  readonly usedThreshold: number
  readonly allocatedThreshold: number
}

export type PlacementSnapshot = {
  readonly zones: ReadonlyMap<number, ZoneView>
  readonly pods: ReadonlyMap<number, PodView>
  readonly clusters: ReadonlyMap<number, ClusterView>
  readonly pools: ReadonlyMap<number, PoolView>
  /** Hypervisor hosts that are not removed. */
  readonly hosts: readonly HostView[]
  /** Guests a host may hold. */
  readonly maxGuests: number
  readonly algorithm: 'random' | 'firstfit'
}
