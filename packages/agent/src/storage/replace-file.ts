import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes a file so that a crash leaves the old or the new one, never a part. Creates its directory. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', mode)
  try {
    let data: Uint8Array = typeof content === 'string' ? Buffer.from(content) : content
    while (data.length > 0) data = data.subarray(writeSync(file, data))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  // The mode given to open only counts for a new file.
  chmodSync(temporary, mode)
  renameSync(temporary, path)
  syncDirectory(dirname(path))
}

/** Makes a rename or a removal in the directory durable. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** Replaces the file only if its content differs; answers whether it did. */
export function ensureFile(path: string, content: string, mode = 0o600): boolean {
  try {
    if (readFileSync(path, 'utf8') === content) return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  replaceFile(path, content, mode)
  return true
}
