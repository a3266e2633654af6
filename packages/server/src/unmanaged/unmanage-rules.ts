import { virtualMachineFailure, volumeFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import { segmentOf } from '../network/index.ts'
import { findPool } from '../storage/index.ts'
import { hasVmSnapshots, type Site, volumesOfVm } from '../volume/index.ts'
import { requireFilePool } from './loose-volumes.ts'

type Vm = Row<'vm_instance'>

/** Throws by name what would be lost, or would not work any more, on the host alone. */
export async function refuseUnmanage(db: Queries, vm: Vm): Promise<void> {
  const fail = (what: string, fix: string): Error =>
    virtualMachineFailure('virtual-machine.unmanage-refused', `${vm.name} cannot be unmanaged: ${what}`, {
      seen: what,
      fix,
      entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
    })
  if (await hasVmSnapshots(db, vm.id)) throw fail('it has VM snapshots', 'Delete them first.')
  const networks = await db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .select(['networks.name', 'networks.broadcast_uri'])
    .where('nics.instance_id', '=', vm.id)
    .where('nics.removed', 'is', null)
    .execute()
  const made = networks.find(({ broadcast_uri }) => segmentOf(broadcast_uri) !== undefined)
  if (made !== undefined) {
    throw fail(
      `network ${made.name} is on ${made.broadcast_uri}, whose bridge goes with the last managed guest of it`,
      'Remove the NIC first.',
    )
  }
  for (const volume of await volumesOfVm(db, vm.id)) {
    if (volume.state !== 'Ready') {
      throw fail(`volume ${volume.name} is ${volume.state}`, 'Start it once, or delete the volume.')
    }
    const snapshot = await db
      .selectFrom('snapshots')
      .select('name')
      .where('volume_id', '=', volume.id)
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (snapshot !== undefined) throw fail(`volume ${volume.name} has snapshot ${snapshot.name}`, 'Delete it first.')
  }
}

/** The same of a volume that becomes a file alone. */
export async function refuseVolumeUnmanage(db: Queries, volume: Row<'volumes'>): Promise<void> {
  const fail = (what: string, fix: string): Error =>
    volumeFailure('volume.unmanage-refused', `Volume ${volume.name} cannot be unmanaged: ${what}`, {
      seen: what,
      fix,
      entities: [{ uuid: volume.uuid, description: 'volume' }],
    })
  if (volume.volume_type !== 'DATADISK')
    throw fail('it is a root disk', 'unmanageVirtualMachine lets go of it with its VM.')
  if (volume.instance_id !== null) throw fail('it is attached to a virtual machine', 'Detach it first.')
  if (volume.template_id !== null) {
    throw fail(
      'it is based on a template, whose copy goes with the last volume of it',
      'Make a whole volume of a snapshot of it.',
    )
  }
  const snapshot = await db
    .selectFrom('snapshots')
    .select('name')
    .where('volume_id', '=', volume.id)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (snapshot !== undefined) throw fail(`it has snapshot ${snapshot.name}`, 'Delete it first.')
  const policy = await db
    .selectFrom('snapshot_policy')
    .select('id')
    .where('volume_id', '=', volume.id)
    .executeTakeFirst()
  if (policy !== undefined) throw fail('it has a snapshot policy', 'deleteSnapshotPolicies first.')
  requireFilePool((await findPool(db, volume.pool_id!))!)
}

/** Where it runs; else the named host, or the one of its last run, which must be connected. */
export async function siteOfUnmanage(
  db: Queries,
  ctx: ServerContext,
  vm: Vm,
  wanted: number | undefined,
): Promise<Site> {
  const id = vm.state === 'Running' ? vm.host_id : (wanted ?? vm.last_host_id)
  const host =
    id === null
      ? undefined
      : await db
          .selectFrom('host')
          .select(['id', 'name', 'incarnation'])
          .where('id', '=', id)
          .where('removed', 'is', null)
          .executeTakeFirst()
  if (host === undefined || !ctx.agents.isConnected(host.id)) {
    throw virtualMachineFailure('virtual-machine.unmanage-refused', `${vm.name} has no connected host that gets it`, {
      seen: host?.name ?? 'no host',
      fix: 'Name a connected host in hostid, or wait until its own is back.',
    })
  }
  return { hostId: host.id, incarnation: host.incarnation, vm: null }
}
