import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { AltoError, errorText, type Runtime, storageFailure } from '@altostack/core'
import { AwsClient } from 'aws4fetch'
import type { StoreDriver, StoredObject } from './store-driver.ts'

export type S3Access = {
  /** Host, with a port where it is not that of the scheme. */
  readonly endpoint: string
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
  readonly https: boolean
}

/** Of one request: larger images go in parts of this size. */
const partBytes = 64 << 20
/** A request has this long, and a second more for each 256 KiB that it sends: a server that swallows packets is away. */
const requestMs = 60_000
const leastBytesPerMs = 256

/**
 * Images as objects of a bucket, by path. Each request carries the SHA-256 of its body, which the server compares: what
 * arrived changed is refused there. An upload in parts appears only when it is complete.
 */
export function s3Store(access: S3Access, runtime: Runtime): StoreDriver {
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = access
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1', retries: 3 })
  const root = `${access.https ? 'https' : 'http'}://${access.endpoint}/${encodeURIComponent(access.bucket)}`
  const ask = async (
    method: string,
    path: string,
    init: RequestInit = {},
    accept = [200, 204, 206],
  ): Promise<Response> => {
    let response: Response
    const bytes = (init.body as Uint8Array | undefined)?.byteLength ?? 0
    const late = new AbortController()
    // Until it answers: what it answers may take as long as it comes.
    const cancel = runtime.after(requestMs + Math.ceil(bytes / leastBytesPerMs), () =>
      late.abort(new Error('it does not answer')),
    )
    try {
      const signal = init.signal == null ? late.signal : AbortSignal.any([init.signal, late.signal])
      response = await client.fetch(`${root}/${path}`, { method, ...init, signal })
    } catch (error) {
      if (error instanceof AltoError) throw error
      const cause = (error as { readonly cause?: unknown }).cause
      throw unreachable(`${access.endpoint}: ${errorText(cause ?? error)}`)
    } finally {
      cancel()
    }
    if (accept.includes(response.status)) return response
    const text = await response.text().catch(() => '')
    throw unreachable(`${method} answered ${response.status} ${/<Code>([^<]*)/.exec(text)?.[1] ?? ''}`.trim())
  }
  const body = (bytes: Uint8Array): RequestInit => ({
    body: bytes as never,
    headers: { 'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex') },
  })
  return {
    async put(name, path, digest, signal) {
      const file = await open(path, 'r')
      try {
        const read = async (at: number): Promise<Buffer> => {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(partBytes), 0, partBytes, at)
          return buffer.subarray(0, bytesRead)
        }
        if (digest.sizeBytes <= partBytes) {
          await ask('PUT', name, { ...body(await read(0)), signal })
          return
        }
        const begun = await (await ask('POST', `${name}?uploads=`)).text()
        const id = /<UploadId>([^<]+)/.exec(begun)?.[1] ?? ''
        const upload = `uploadId=${encodeURIComponent(id)}`
        try {
          const tags: string[] = []
          for (let at = 0; at < digest.sizeBytes; at += partBytes) {
            const query = `partNumber=${tags.length + 1}&${upload}`
            const answer = await ask('PUT', `${name}?${query}`, { ...body(await read(at)), signal })
            tags.push(answer.headers.get('etag') ?? '')
          }
          const parts = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
          const list = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
          const done = await (await ask('POST', `${name}?${upload}`, body(Buffer.from(list)))).text()
          // The status of a completion comes before its outcome.
          if (/<Error>/.test(done)) throw unreachable(`the upload was not completed: ${done.slice(0, 300)}`)
        } catch (error) {
          await ask('DELETE', `${name}?${upload}`).catch(() => undefined)
          throw error
        }
      } finally {
        await file.close()
      }
    },
    async open(name, { start, end }) {
      const response = await ask('GET', name, { headers: { range: `bytes=${start}-${end}` } })
      return Readable.fromWeb(response.body as ReadableStream)
    },
    async list(folder) {
      const objects: StoredObject[] = []
      for (let next = ''; ; ) {
        const query = `list-type=2&prefix=${encodeURIComponent(`${folder}/`)}${next}`
        const text = await (await ask('GET', `?${query}`)).text()
        for (const [, entry = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const name = textOf(entry, 'Key').slice(folder.length + 1)
          const modified = Date.parse(textOf(entry, 'LastModified'))
          objects.push({ name, sizeBytes: Number(textOf(entry, 'Size')), modified })
        }
        const token = textOf(text, 'NextContinuationToken')
        if (token === '') return objects
        next = `&continuation-token=${encodeURIComponent(token)}`
      }
    },
    remove: async (name) => void (await ask('DELETE', name, {}, [200, 204, 404])),
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Text of the first element of a name: enough for the flat answers of S3. */
function textOf(xml: string, element: string): string {
  const text = new RegExp(`<${element}>([^<]*)`).exec(xml)?.[1] ?? ''
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => entities[name] ?? '')
}

function unreachable(seen: string): Error {
  return storageFailure('image-store.unreachable', 'The S3 server cannot be used', { seen })
}
