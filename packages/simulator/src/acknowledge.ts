import type { HostDisk } from './host-disk.ts'

/** Drops outcomes that a server has saved; started entries stay. */
export function acknowledge(disk: HostDisk, keys: readonly string[]): void {
  for (const key of keys) if (disk.journal.get(key)?.outcome !== undefined) disk.journal.delete(key)
}
