/** A file of a pool that is ours by its name. */
export type PoolFile = { readonly name: string; readonly kind: string; readonly modified: number }
/** What the database knows of a volume, removed ones included. */
export type KnownVolume = {
  readonly uuid: string
  readonly poolId: number | null
  readonly live: boolean
  readonly moving?: boolean
}

/**
 * Volumes' files to remove from a pool: of volumes that are gone, or live elsewhere. Pure. Files of volumes that no row
 * ever named stay (the database may have been set back), and so do young ones.
 */
export function planOrphanFiles(
  poolId: number,
  files: readonly PoolFile[],
  volumes: ReadonlyMap<string, KnownVolume>,
  olderThan: number,
): { readonly remove: readonly string[]; readonly unknown: readonly string[] } {
  const remove: string[] = []
  const unknown: string[] = []
  for (const file of files) {
    if (file.kind !== 'volume' || file.modified > olderThan) continue
    const uuid = volumeUuid(file.name)
    if (uuid === undefined) continue
    const known = volumes.get(uuid)
    if (known === undefined) unknown.push(file.name)
    // A volume on the move has a file on two pools; its run decides which stays.
    else if (known.moving) continue
    else if (!known.live || known.poolId !== poolId) remove.push(uuid)
  }
  return { remove, unknown }
}

/** Files of volumes are called by their uuid. */
export function volumeUuid(name: string): string | undefined {
  return name.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/)?.[0]
}
