import { apiFailure, volumeFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import type { Volume } from './volume.states.ts'

/** Throws 431 naming the states that allow the operation. */
export function requireVolumeState(volume: Volume, allowed: readonly string[], what: string): void {
  if (allowed.includes(volume.state)) return
  throw volumeFailure(
    'volume.state',
    `Volume ${volume.name} is ${volume.state}: ${what} needs ${allowed.join(' or ')}`,
    {
      seen: volume.state,
      entities: [{ uuid: volume.uuid, description: 'volume' }],
    },
  )
}

/** The VM that has the volume, in a state in which its disks stand still or are live. */
export async function ownerVm(db: Queries, volume: Volume, what: string): Promise<Row<'vm_instance'> | undefined> {
  if (volume.instance_id === null) return undefined
  const vm = await db.selectFrom('vm_instance').selectAll().where('id', '=', volume.instance_id).executeTakeFirst()
  if (vm === undefined) return undefined
  requireDiskVmState(vm, what)
  return vm
}

export function requireDiskVmState(vm: Row<'vm_instance'>, what: string): void {
  if (vm.state === 'Running' || vm.state === 'Stopped') return
  throw volumeFailure('volume.state', `Virtual machine ${vm.name} is ${vm.state}: ${what} needs Running or Stopped`, {
    seen: vm.state,
    entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
  })
}

/** Throws when a run holds the lock that guards the volume: for changes without a run of their own. */
export async function requireVolumeUnlocked(db: Queries, lock: string, volume: Volume): Promise<void> {
  const row = await db.selectFrom('workflow_lock').select('run_id').where('lock_key', '=', lock).executeTakeFirst()
  if (row === undefined) return
  throw apiFailure('api.in-use', `Another operation on ${volume.name} is still running`, {
    seen: `run ${row.run_id}`,
    fix: 'Wait until it ends, or cancel its job.',
    entities: [{ uuid: volume.uuid, description: 'volume' }],
  })
}

export async function hasVmSnapshots(db: Queries, vmId: number): Promise<boolean> {
  return (await vmSnapshotOf(db, vmId)) !== undefined
}

/** A VM's snapshots live inside its disks: while there are any, the disks keep their shape, place and number. */
export async function refuseVmSnapshots(db: Queries, vmId: number | null): Promise<void> {
  if (vmId === null) return
  const row = await vmSnapshotOf(db, vmId)
  if (row === undefined) return
  throw volumeFailure('volume.vm-snapshots', 'The virtual machine has VM snapshots, which live inside its disks', {
    seen: row.name,
    entities: [{ uuid: row.uuid, description: 'VM snapshot' }],
  })
}

async function vmSnapshotOf(db: Queries, vmId: number): Promise<{ uuid: string; name: string } | undefined> {
  return await db
    .selectFrom('vm_snapshots')
    .select(['uuid', 'name'])
    .where('vm_id', '=', vmId)
    .where('removed', 'is', null)
    .where('state', '!=', 'Error')
    .executeTakeFirst()
}
