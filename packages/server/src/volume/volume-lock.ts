import type { Volume } from './volume.states.ts'

/**
 * At most one live run a volume: an attached one is guarded by its VM's lock, since whatever happens to the VM happens to
 * its disks. A detached one's own lock is beside its state, which every operation moves away from Ready.
 */
export function volumeLock(volume: Pick<Volume, 'id' | 'instance_id'>): string {
  return volume.instance_id === null ? `volume:${volume.id}` : `vm:${volume.instance_id}`
}
