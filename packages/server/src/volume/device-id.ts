import { volumeFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { volumesOfVm } from './volume.repository.ts'

/** 0 is the root disk, 3 the CD drive. */
const reserved = [0, 3]
const highest = 25

/** The device number of a new disk of the VM: the one asked for if it is free, else the lowest free one. */
export async function takeDeviceId(
  db: Queries,
  vmId: number,
  asked: number | undefined,
  also: readonly number[] = [],
): Promise<number> {
  const taken = new Set([...(await volumesOfVm(db, vmId)).map((volume) => volume.device_id), ...also])
  if (asked !== undefined) {
    if (asked < 0 || asked > highest || (asked !== 0 && reserved.includes(asked))) {
      throw volumeFailure('volume.attach', `deviceid ${asked} cannot be used: 1 to ${highest} but 3`, {
        seen: String(asked),
      })
    }
    if (taken.has(asked)) {
      throw volumeFailure('volume.attach', `deviceid ${asked} of the virtual machine is taken`, { seen: String(asked) })
    }
    return asked
  }
  for (let id = 1; id <= highest; id++) if (!reserved.includes(id) && !taken.has(id)) return id
  throw volumeFailure('volume.attach', `The virtual machine has ${taken.size} disks: it cannot have more`, {
    fix: 'Detach one first.',
  })
}
