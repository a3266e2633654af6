import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Puts a finished file under its name unless one is there already: by hard link, so that two hosts may race and neither
 * replaces what the other's guests have open. Answers whether this call placed it.
 */
export async function placeExisting(temporary: string, path: string): Promise<boolean> {
  let placed = true
  try {
    await link(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    placed = false
  }
  await rm(temporary, { force: true })
  await syncPath(dirname(path))
  return placed
}

/** Writes a small file and places it. */
export async function placeFile(temporary: string, path: string, content: string, mode = 0o644): Promise<boolean> {
  const file = await open(temporary, 'w', mode)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  return await placeExisting(temporary, path)
}

/** Makes a file's content, or a directory's names, durable. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
