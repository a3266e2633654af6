import { listLayer2Links } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { placeNames } from '../../inventory/index.ts'
import { listLinkRows } from '../layer2-link.repository.ts'

export const handler = defineHandler(listLayer2Links, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listLinkRows(
      db,
      {
        ...(entities.podid === undefined ? {} : { podId: entities.podid.id }),
        ...(entities.clusterid === undefined ? {} : { clusterId: entities.clusterid.id }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    const pods = await placeNames(
      db,
      'host_pod_ref',
      rows.map((row) => row.pod_id),
    )
    const clusters = await placeNames(
      db,
      'cluster',
      rows.flatMap((row) => [row.cluster_id, row.other_cluster_id]),
    )
    return {
      count,
      items: rows.map((row) => ({
        podid: pods.get(row.pod_id)?.uuid,
        clusterid: clusters.get(row.cluster_id)?.uuid,
        clustername: clusters.get(row.cluster_id)?.name,
        otherclusterid: clusters.get(row.other_cluster_id)?.uuid,
        otherclustername: clusters.get(row.other_cluster_id)?.name,
        bridge: row.bridge,
        shared: row.shared === 1,
        seen: row.seen,
        checked: row.checked,
      })),
    }
  },
})
