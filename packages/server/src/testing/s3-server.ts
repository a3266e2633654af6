import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'

type Server = { readonly run: () => Promise<{ readonly port: number }>; readonly close: () => Promise<void> }
type Options = Readonly<Record<string, unknown>>
/** It has no types of its own. */
const S3rver = createRequire(import.meta.url)('s3rver') as new (options: Options) => Server

export type S3TestServer = {
  readonly endpoint: string
  /** The line breaks when an answer would come: what was asked is done. `once`: the next answer only. */
  line: 'whole' | 'broken' | 'once'
  /** Names of the objects below a path that begins with the bucket. */
  readonly objects: (path: string) => string[]
  /** Every object of a folder goes. */
  readonly clear: (path: string) => void
  /** An object that is not written by the product. */
  readonly put: (path: string, bytes: Buffer) => Promise<void>
  /** The bytes of an object rot. */
  readonly overwrite: (path: string, bytes: Buffer) => void
  readonly stop: () => Promise<void>
}
/** What the server knows. */
export const s3Keys = { accessKey: 'S3RVER', secretKey: 'S3RVER' } as const

const suffix = '._S3rver_object'

/**
 * An S3 server of somebody else (s3rver) with some buckets, `images` unless they are named, on a line that can be broken. It
 * knows its keys, and reckons no version 4 signature.
 */
export async function startS3(buckets: readonly string[] = ['images']): Promise<S3TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'alto-s3-'))
  const configureBuckets = buckets.map((name) => ({ name }))
  const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets })
  const { port } = await server.run()
  const line = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.pipe(far)
    far.on('data', (answer) => {
      if (self.line === 'whole') return void near.write(answer)
      if (self.line === 'once') self.line = 'whole'
      near.destroy()
      far.destroy()
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
  const self: S3TestServer = {
    endpoint: `127.0.0.1:${(line.address() as AddressInfo).port}`,
    line: 'whole',
    objects(path) {
      const folder = join(directory, path)
      const names = existsSync(folder) ? readdirSync(folder) : []
      return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length))
    },
    clear: (path) => rmSync(join(directory, path), { recursive: true, force: true }),
    async put(path, bytes) {
      const { accessKey: accessKeyId, secretKey: secretAccessKey } = s3Keys
      const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1' })
      const answer = await client.fetch(`http://127.0.0.1:${port}/${path}`, { method: 'PUT', body: bytes as never })
      if (!answer.ok) throw new Error(await answer.text())
    },
    overwrite: (path, bytes) => writeFileSync(join(directory, `${path}${suffix}`), bytes),
    async stop() {
      await new Promise<void>((resolve) => line.close(() => resolve()))
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return self
}
