import type { Demand } from '../demand.ts'
import type { Refusal } from '../refusal.ts'
import type { ClusterView, HostView, PlacementSnapshot, PodView, ZoneView } from '../snapshot.ts'

/** Sums of a cluster's hosts, for thresholds: effective totals and what is taken of them. */
export type ClusterUse = {
  readonly cpuTotal: number
  readonly cpuTaken: number
  readonly memoryTotal: number
  readonly memoryTaken: number
}

/** Asked once a cluster: the same answer holds for all its hosts. */
export type ClusterQuestion = {
  readonly demand: Demand
  readonly zone: ZoneView | undefined
  readonly pod: PodView | undefined
  readonly cluster: ClusterView
  readonly use: ClusterUse
}
export type ClusterFilter = {
  readonly name: string
  readonly refuse: (question: ClusterQuestion) => Refusal | undefined
}

/** Asked for each host whose cluster was not refused. */
export type HostQuestion = {
  readonly demand: Demand
  readonly snapshot: PlacementSnapshot
  readonly cluster: ClusterView
  /** Per volume of the demand: the pools that would take it, and why the others would not. */
  readonly pools: readonly PoolVerdicts[]
}
export type PoolVerdicts = {
  readonly usable: ReadonlySet<number>
  readonly refused: ReadonlyMap<number, string>
}
export type HostFilter = {
  readonly name: string
  /** False: the demand asks nothing of this filter, so no host is asked. */
  readonly applies?: (demand: Demand) => boolean
  readonly refuse: (host: HostView, question: HostQuestion) => Refusal | undefined
}
