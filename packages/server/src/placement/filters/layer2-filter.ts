import type { HostFilter } from './filter.ts'

/** A running guest keeps its addresses: it moves to another cluster only where its networks reach as well. */
export const layer2Filter: HostFilter = {
  name: 'layer2',
  applies: ({ movesFrom }) => movesFrom?.elsewhere !== undefined,
  refuse: (host, { demand, cluster }) => {
    const from = demand.movesFrom
    if (from?.elsewhere === undefined || host.clusterId === from.clusterId) return undefined
    const reason = from.elsewhere.get(host.clusterId) ?? from.elsewhere.get(0)
    if (reason === undefined) return undefined
    return { filter: 'layer2', seen: () => `is in cluster ${cluster.name}: ${reason.seen}`, fix: reason.fix }
  },
}
