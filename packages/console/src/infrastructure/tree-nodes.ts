import type { Row } from '../contract/contract-types.ts'

export type NodeKind = 'zone' | 'pod' | 'cluster' | 'host' | 'vm'
export type TreeNode = {
  readonly kind: NodeKind
  readonly id: string
  readonly name: string
  readonly state: unknown
  readonly level: number
  readonly row: Row
  readonly open: boolean
  readonly hasChildren: boolean
  /** How many of its hosts or guests there are, shown behind the name. */
  readonly count: number | undefined
}
export type Places = {
  readonly zones: readonly Row[]
  readonly pods: readonly Row[]
  readonly clusters: readonly Row[]
  readonly hosts: readonly Row[]
  readonly guests: ReadonlyMap<string, readonly Row[]>
}

export const nodePaths: Readonly<Record<NodeKind, string>> = {
  zone: 'zones',
  pod: 'pods',
  cluster: 'clusters',
  host: 'hosts',
  vm: 'virtual-machines',
}

/** The rows of the tree that are to be seen, from the outside in. */
export function treeNodes(places: Places, open: ReadonlySet<string>): readonly TreeNode[] {
  const nodes: TreeNode[] = []
  const pods = grouped(places.pods, 'zoneid')
  const clusters = grouped(places.clusters, 'podid')
  const hosts = grouped(places.hosts, 'clusterid')

  function add(kind: NodeKind, row: Row, level: number, state: unknown, children: readonly Row[] | undefined): boolean {
    const id = String(row.id)
    const isOpen = open.has(id)
    nodes.push({
      kind,
      id,
      name: String(row.displayname ?? row.name ?? id),
      state,
      level,
      row,
      open: isOpen,
      hasChildren: kind === 'host' || (children?.length ?? 0) > 0,
      count: kind === 'cluster' ? (children?.length ?? 0) : kind === 'host' ? places.guests.get(id)?.length : undefined,
    })
    return isOpen
  }

  for (const zone of places.zones) {
    const own = pods.get(String(zone.id)) ?? []
    if (!add('zone', zone, 1, zone.allocationstate, own)) continue
    for (const pod of own) {
      const inside = clusters.get(String(pod.id)) ?? []
      if (!add('pod', pod, 2, pod.allocationstate, inside)) continue
      for (const cluster of inside) {
        const machines = hosts.get(String(cluster.id)) ?? []
        if (!add('cluster', cluster, 3, cluster.allocationstate, machines)) continue
        for (const host of machines) {
          const guests = places.guests.get(String(host.id))
          if (!add('host', host, 4, hostState(host), guests)) continue
          for (const vm of guests ?? []) add('vm', vm, 5, vm.state, undefined)
        }
      }
    }
  }
  return nodes
}

/** A host that is up but may not take guests shows that. */
export function hostState(host: Row): unknown {
  return host.state === 'Up' && host.resourcestate !== 'Enabled' ? host.resourcestate : host.state
}

function grouped(rows: readonly Row[], by: string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = String(row[by])
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  for (const group of groups.values())
    group.sort((a, b) => String(a.name).localeCompare(String(b.name), undefined, { numeric: true }))
  return groups
}
