import { createHash } from 'node:crypto'
import type { PoolDirectory, PoolFile } from './storage.ts'

const hashed = 'sha256:'

/** What a file holds: what was written to it, else what it is based on. */
export function contentOf(directory: PoolDirectory, file: PoolFile): string {
  if (file.content !== undefined) return file.content
  return file.backing === undefined ? 'blank' : `template ${directory.files.get(file.backing)?.sha256 ?? file.backing}`
}

/** Of content that came as an image only its hash is known: it is the same content. */
export function contentHash(content: string): string {
  return content.startsWith(hashed) ? content.slice(hashed.length) : createHash('sha256').update(content).digest('hex')
}

/** The content as it was written: of what came as an image, what the image was made of, where that is known. */
export function textOf(images: ReadonlyMap<string, string>, content: string): string {
  return content.startsWith(hashed) ? (images.get(content.slice(hashed.length)) ?? content) : content
}

export function contentOfImage(sha256: string): string {
  return `${hashed}${sha256}`
}
