/** A volume that has to be somewhere the host can reach. */
export type VolumeDemand = {
  readonly id: number
  readonly name: string
  /** Virtual bytes to claim; 0 when the volume exists already. */
  readonly bytes: number
  /** Storage tags a pool must have, all of them. */
  readonly tags: readonly string[]
  /** Local (HOST scope) storage is asked, and shared one is not. */
  readonly local: boolean
  /** The pool the volume is on; only hosts that have attached it fit. */
  readonly poolId: number | undefined
  /** The volume may be moved to another pool for it: its bytes are claimed there. */
  readonly movable?: { readonly bytes: number; readonly onlyPoolId: number | undefined }
  readonly template: { readonly id: number; readonly bytes: number } | undefined
}

/** Where a moving VM runs. */
export type MovesFrom = {
  readonly name: string
  readonly qemu: string
  readonly clusterId?: number
  /** By id of another cluster, 0 for all others: why the VM does not move there. */
  readonly elsewhere?: ReadonlyMap<number, { readonly seen: string; readonly fix: string }>
}

/** What one VM asks of a host. */
export type Demand = {
  readonly vm: { readonly id: number; readonly uuid: string; readonly name: string }
  readonly zoneId: number
  readonly podId: number | undefined
  readonly clusterId: number | undefined
  readonly hostId: number | undefined
  readonly hypervisor: string
  readonly arch: string
  readonly cpus: number
  /** MHz a vCPU. */
  readonly mhz: number
  readonly memoryBytes: number
  /** Tags that a host must have, all of them: of the offering and of the template. */
  readonly hostTags: readonly string[]
  /** Root administrators may use disabled zones, pods, clusters and hosts where the setting allows it. */
  readonly allowDisabled: boolean
  /** A host to try first: where the VM ran last. */
  readonly lastHostId: number | undefined
  /** What this VM still has reserved on a host; counts as free for itself. */
  readonly reserved:
    | { readonly hostId: number; readonly clusterId: number | undefined; readonly cpu: number; readonly memory: number }
    | undefined
  /** A running VM moves: cluster thresholds, which keep room for just that, do not count. */
  readonly moving: boolean
  /** Where a moving VM runs: it moves to an equal or newer hypervisor only. */
  readonly movesFrom: MovesFrom | undefined
  /** Hosts that failed this run already, or the source of a migration, with the reason. */
  readonly avoid: ReadonlyMap<number, string>
  readonly volumes: readonly VolumeDemand[]
}
