import type { VolumePlace } from '@altostack/agent-api'
import { volumeFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { placeOf, requireVolume, requireVolumeState, type Volume, volumesOfVm } from '../volume/index.ts'
import type { VmSnapshot } from './vm-snapshot.states.ts'

/** Disks of a VM that a snapshot keeps, the root disk first: all of them must be able to. */
export async function snapshotDisks(db: Queries, vmId: number): Promise<readonly Volume[]> {
  const volumes = (await volumesOfVm(db, vmId)).toSorted((a, b) => (a.device_id ?? 0) - (b.device_id ?? 0))
  for (const volume of volumes) {
    requireVolumeState(volume, ['Ready'], 'a VM snapshot')
    if (volume.format === 'RAW') {
      throw volumeFailure('vm-snapshot.refused', `Disk ${volume.name} is raw: it has no room for a snapshot inside it`)
    }
  }
  if (volumes.length > 0) return volumes
  throw volumeFailure('vm-snapshot.refused', 'The virtual machine has no disk')
}

export async function placesOf(db: Queries, snapshot: VmSnapshot): Promise<VolumePlace[]> {
  const places: VolumePlace[] = []
  for (const id of JSON.parse(snapshot.volumes ?? '[]') as number[])
    places.push(await placeOf(db, await requireVolume(db, id)))
  return places
}

/** Pools of the disks, for choosing a host. */
export async function poolsOf(db: Queries, snapshot: VmSnapshot): Promise<readonly number[]> {
  const ids = JSON.parse(snapshot.volumes ?? '[]') as number[]
  const rows = await db.selectFrom('volumes').select('pool_id').distinct().where('id', 'in', ids).execute()
  return rows.flatMap((row) => row.pool_id ?? [])
}
