import { Bug } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { recordChange } from '../event/index.ts'
import { hostDetailNames } from './check-subject.service.ts'
import { insertHost, saveHostDetails, saveHostTags } from './host.repository.ts'

export type JoiningHost = {
  readonly clusterId: number
  readonly name: string
  readonly address: string
  readonly machineId: string | null
  readonly tags: readonly string[]
  readonly enabled: boolean
  readonly now: number
  /** Its guarded ports are closed to strangers when it comes; it is told then. */
  readonly harden?: boolean
}

/** The row of a host before its first connect: status Creating. */
export async function insertJoiningHost(tx: Tx, ctx: ServerContext, host: JoiningHost): Promise<Row<'host'>> {
  const cluster = await tx
    .selectFrom('cluster')
    .selectAll()
    .where('id', '=', host.clusterId)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (cluster === undefined) throw new Bug('a host joins a cluster that does not exist', { clusterId: host.clusterId })
  const uuid = ctx.runtime.uuid()
  const row = await insertHost(tx, {
    uuid,
    name: host.name,
    status: 'Creating',
    resource_state: host.enabled ? 'Enabled' : 'Disabled',
    private_ip_address: host.address,
    data_center_id: cluster.data_center_id,
    pod_id: cluster.pod_id,
    cluster_id: cluster.id,
    hypervisor_type: cluster.hypervisor_type,
    arch: cluster.arch,
    guid: `${uuid}-LibvirtComputingResource`,
    machine_id: host.machineId,
    created: host.now,
  })
  await saveHostTags(tx, row.id, host.tags)
  if (host.harden === true) await saveHostDetails(tx, row.id, { [hostDetailNames.guard]: 'true' })
  await recordChange(tx, ctx, {
    entity: 'Host',
    entityId: row.id,
    entityUuid: row.uuid,
    from: null,
    to: row.status,
    cause: 'host.joining',
    evidence: { address: host.address, machineId: host.machineId },
  })
  return row
}
