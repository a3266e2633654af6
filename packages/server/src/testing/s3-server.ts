import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Server = { readonly run: () => Promise<{ readonly port: number }>; readonly close: () => Promise<void> }
type Options = Readonly<Record<string, unknown>>
/** It has no types of its own. */
const S3rver = createRequire(import.meta.url)('s3rver') as new (options: Options) => Server

export type S3TestServer = {
  readonly endpoint: string
  readonly stop: () => Promise<void>
  /** Again on the same port, with what it had. */
  readonly start: () => Promise<void>
  readonly remove: () => void
}
/** What the server knows. */
export const s3Keys = { accessKey: 'S3RVER', secretKey: 'S3RVER' } as const

/** An S3 server of somebody else (s3rver) with the bucket `images`. It knows its keys, and reckons no version 4 signature. */
export async function startS3(): Promise<S3TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'alto-s3-'))
  let port = 0
  let server: Server | undefined
  const start = async (): Promise<void> => {
    const configureBuckets = [{ name: 'images' }]
    server = new S3rver({ port, address: '127.0.0.1', silent: true, directory, configureBuckets })
    port = (await server.run()).port
  }
  await start()
  return {
    endpoint: `127.0.0.1:${port}`,
    start,
    stop: async () => await server?.close(),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
