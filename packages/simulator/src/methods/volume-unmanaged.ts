import { readingMethod } from '../host-method.ts'
import { spaceOf } from '../storage.ts'

export const volumeUnmanaged = readingMethod('volume.unmanaged', ({ world, profile }, { pool, name }) => {
  const directory = world.storage.directory(pool, profile.name)
  spaceOf(pool, directory)
  const files = [...directory.files].filter(
    ([one, { kind }]) => (kind === 'volume' || kind === 'other') && (name ?? one) === one,
  )
  return {
    files: files.map(([one, { physicalBytes, sizeBytes, format, backing }]) => ({
      name: one,
      sizeBytes: physicalBytes,
      ...(backing === undefined ? { format, virtualSizeBytes: sizeBytes } : { seen: 'it is based on another file' }),
    })),
  }
})
