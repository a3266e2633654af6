import type { Readable } from 'node:stream'

export type ImageDigest = { readonly sizeBytes: number; readonly sha256: string }

export type StoredObject = { readonly name: string; readonly sizeBytes: number; readonly modified: number }

/** How one kind of store keeps images. Names are `folder/file`; all acts can be repeated. Failures are AltoErrors. */
export type StoreDriver = {
  /** Writes a local file whole; under its name stands nothing but an image of this digest. */
  readonly put: (name: string, path: string, digest: ImageDigest, signal: AbortSignal) => Promise<void>
  /** Bytes `start` to `end`, both included. */
  readonly open: (name: string, range: { readonly start: number; readonly end: number }) => Promise<Readable>
  /** What lies in the folder. */
  readonly list: (folder: string) => Promise<StoredObject[]>
  /** Absent is success. */
  readonly remove: (name: string) => Promise<void>
}
