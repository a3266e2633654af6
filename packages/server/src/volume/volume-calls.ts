import type { Params, VolumePlace } from '@altostack/agent-api'
import { volumeFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { findDiskOffering, ioLimitsOf } from '../offering/index.ts'
import { hostPoolRef, requirePool } from '../storage/index.ts'
import type { Volume } from './volume.states.ts'

type DiskSpec = Params<'volume.attach'>['disk']
type Bus = DiskSpec['bus']

/** The volume's file as hosts name it. Throws when it is on no pool. */
export async function placeOf(db: Queries, volume: Volume): Promise<VolumePlace> {
  if (volume.pool_id === null) throw volumeFailure('volume.state', `Volume ${volume.name} is on no storage pool`)
  return { volumeUuid: volume.uuid, pool: hostPoolRef(await requirePool(db, volume.pool_id)), format: formatOf(volume) }
}

export function formatOf(volume: Pick<Volume, 'format'>): 'qcow2' | 'raw' {
  return volume.format === 'RAW' ? 'raw' : 'qcow2'
}

/** The bus of a VM's disks, by its details: data disks follow the root disk unless they are told apart. */
export function diskBus(details: Readonly<Record<string, string>>, volume: Pick<Volume, 'volume_type'>): Bus {
  const controller =
    volume.volume_type === 'ROOT'
      ? details.rootDiskController
      : (details.dataDiskController ?? details.rootDiskController)
  return (['virtio', 'scsi', 'ide', 'sata'] as const).find((bus) => bus === controller?.toLowerCase()) ?? 'virtio'
}

/** The disk that a host gives to a guest. */
export async function diskSpecOf(
  db: Queries,
  volume: Volume,
  details: Readonly<Record<string, string>>,
): Promise<DiskSpec> {
  const offering = volume.disk_offering_id === null ? undefined : await findDiskOffering(db, volume.disk_offering_id)
  const limits = ioLimitsOf(offering)
  return {
    ...(await placeOf(db, volume)),
    deviceId: volume.device_id ?? 0,
    bus: diskBus(details, volume),
    cache: 'none',
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  }
}
