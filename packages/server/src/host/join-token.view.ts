import type { joinTokenResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import type { JoinTokenRow } from './join-token.repository.ts'

export type JoinTokenView = ResponseValue<typeof joinTokenResponse>

/** Join tokens as answers, without their secrets. */
export async function joinTokenViews(db: Queries, rows: readonly JoinTokenRow[]): Promise<JoinTokenView[]> {
  if (rows.length === 0) return []
  const clusterIds = [...new Set(rows.map((row) => row.cluster_id))]
  const clusters = await db.selectFrom('cluster').selectAll().where('id', 'in', clusterIds).execute()
  const pods = await placeNames(
    db,
    'host_pod_ref',
    clusters.map((cluster) => cluster.pod_id),
  )
  const zones = await placeNames(
    db,
    'data_center',
    clusters.map((cluster) => cluster.data_center_id),
  )
  const used = rows.map((row) => row.used_by_host_uuid ?? row.host_uuid).filter((uuid) => uuid !== null)
  const hosts =
    used.length === 0 ? [] : await db.selectFrom('host').select(['uuid', 'name']).where('uuid', 'in', used).execute()
  return rows.map((row) => {
    const cluster = clusters.find((one) => one.id === row.cluster_id)
    return {
      id: row.uuid,
      description: row.description,
      clusterid: cluster?.uuid,
      clustername: cluster?.name,
      podid: cluster === undefined ? null : pods.get(cluster.pod_id)?.uuid,
      zoneid: cluster === undefined ? null : zones.get(cluster.data_center_id)?.uuid,
      created: row.created,
      expires: row.expires,
      hostid: row.used_by_host_uuid ?? row.host_uuid,
      hostname: hosts.find((host) => host.uuid === (row.used_by_host_uuid ?? row.host_uuid))?.name,
      used: row.used,
    }
  })
}
