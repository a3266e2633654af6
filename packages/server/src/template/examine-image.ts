import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Bug, errorText, templateFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { findSandbox, runProgram } from '../program/index.ts'
import type { Checksum } from './checksum.ts'
import { imageHeaderBytes, readImageHeader, refuseIso } from './image-header.ts'

export type ImageFormat = 'qcow2' | 'raw' | 'iso'
export type ExaminedImage = {
  readonly format: ImageFormat
  readonly virtualSize: number
  readonly physicalSize: number
  /** SHA-256, hex: what hosts compare their copy with. */
  readonly sha256: string
}

/**
 * Looks at a fetched image: our own header check first, then `qemu-img info` in a sandbox, which must agree. Throws
 * AltoError when it is not a self-contained image of the format that was asked.
 */
export async function examineImage(
  ctx: ServerContext,
  path: string,
  wanted: ImageFormat,
  maxVirtualBytes: number,
  signal?: AbortSignal,
): Promise<Omit<ExaminedImage, 'sha256'>> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(imageHeaderBytes), 0, imageHeaderBytes, 0)
    if (wanted === 'iso') {
      const reason = refuseIso(buffer.subarray(0, bytesRead))
      if (reason !== undefined) throw notAnImage(reason)
      return { format: wanted, virtualSize: size, physicalSize: size }
    }
    const header = readImageHeader(buffer.subarray(0, bytesRead), size)
    if (header.format === 'refused') throw notAnImage(header.reason)
    if (header.format !== wanted) throw notAnImage(`it is ${header.format}, not ${wanted}`)
    const virtualSize = header.format === 'raw' ? size : await askQemu(ctx, file.fd, header.virtualSize, signal)
    if (virtualSize > maxVirtualBytes) {
      throw templateFailure('template.virtual-size', 'The disk inside the image is too large', {
        seen: `${virtualSize} bytes; ${maxVirtualBytes} are allowed`,
      })
    }
    return { format: wanted, virtualSize, physicalSize: size }
  } finally {
    await file.close()
  }
}

type ImageInfo = {
  readonly format?: unknown
  readonly 'virtual-size'?: unknown
  readonly 'backing-filename'?: unknown
  readonly 'format-specific'?: { readonly data?: Readonly<Record<string, unknown>> }
}

async function askQemu(ctx: ServerContext, fd: number, expected: number, signal?: AbortSignal): Promise<number> {
  const sandbox = await findSandbox(ctx.runtime)
  // The file is standard input: the program needs no right to walk into our directories.
  const [program, ...args] = [...sandbox.prefix, 'qemu-img', 'info', '--output=json', '-f', 'qcow2', '/proc/self/fd/0']
  let end: Awaited<ReturnType<typeof runProgram>>
  try {
    end = await runProgram(program as string, args, {
      runtime: ctx.runtime,
      timeoutMs: 30_000,
      stdin: fd,
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    throw templateFailure('template.image', 'The image could not be examined', {
      seen: errorText(error),
      fix: 'Install qemu-utils on the management server.',
    })
  }
  if (end.code !== 0) {
    const how = end.signal === undefined ? `code ${end.code}` : end.signal
    throw notAnImage(`qemu-img ended with ${how}: ${end.stderr.trim().slice(0, 500)}`)
  }
  let info: ImageInfo
  try {
    info = JSON.parse(end.stdout) as ImageInfo
  } catch (error) {
    throw new Bug(`qemu-img info did not answer JSON: ${errorText(error)}`)
  }
  if (info.format !== 'qcow2') throw notAnImage(`qemu-img says it is ${String(info.format)}`)
  if (info['backing-filename'] !== undefined) throw notAnImage('it has a backing file')
  if (info['format-specific']?.data?.['data-file'] !== undefined) throw notAnImage('it keeps its data in another file')
  if (info['virtual-size'] !== expected) throw notAnImage('its header and qemu-img do not agree about its size')
  return expected
}

function notAnImage(reason: string): Error {
  return templateFailure('template.image', `The image cannot be used: ${reason}`, { seen: reason })
}

/** The file's digests in one pass. */
export async function hashFile(
  path: string,
  algorithms: readonly Checksum['algorithm'][],
  signal?: AbortSignal,
): Promise<ReadonlyMap<Checksum['algorithm'], string>> {
  const hashes = new Map([...new Set(algorithms)].map((name) => [name, createHash(name)]))
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) })
  for await (const chunk of stream) for (const hash of hashes.values()) hash.update(chunk as Buffer)
  return new Map([...hashes].map(([name, hash]) => [name, hash.digest('hex')]))
}
