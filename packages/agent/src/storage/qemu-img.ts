import { open } from 'node:fs/promises'
import type { Runtime } from '@altostack/core'
import { run } from '../process.ts'
import { type Qcow2Header, qcow2HeaderBytes, readQcow2Header } from './qcow2-header.ts'

const timeoutMs = 30_000
/** Longest copy of an image. */
const copyMs = 24 * 3_600_000

/** Creates an image. With `backing` (a name relative to the image's directory) an overlay, its format always given. */
export async function createImage(
  runtime: Runtime,
  image: { readonly path: string; readonly format: 'qcow2' | 'raw'; readonly sizeBytes: number },
  backing?: { readonly name: string; readonly format: 'qcow2' | 'raw' },
): Promise<void> {
  const on = backing === undefined ? [] : ['-b', backing.name, '-F', backing.format]
  // Without a lock-out of readers the overlay could not be made while guests run on the same template: -U is not needed,
  // since creation opens the template read-only.
  await run('qemu-img', ['create', '-q', '-f', image.format, ...on, '--', image.path, String(image.sizeBytes)], {
    runtime,
    timeoutMs,
  })
}

/** Changes the size of an image that nobody has open. */
export async function resizeImage(
  runtime: Runtime,
  image: {
    readonly path: string
    readonly format: 'qcow2' | 'raw'
    readonly sizeBytes: number
    readonly shrink: boolean
  },
): Promise<void> {
  const shrink = image.shrink ? ['--shrink'] : []
  await run('qemu-img', ['resize', '-q', '-f', image.format, ...shrink, '--', image.path, String(image.sizeBytes)], {
    runtime,
    timeoutMs,
  })
}

/** Copies an image that nobody has open, whole: what lies under it goes along. `to` becomes the format asked for. */
export async function convertImage(
  runtime: Runtime,
  from: { readonly path: string; readonly format: 'qcow2' | 'raw' },
  to: { readonly path: string; readonly format: 'qcow2' | 'raw' },
  options: { readonly signal: AbortSignal; readonly progress?: (percent: number) => void },
): Promise<void> {
  await run(
    'qemu-img',
    ['convert', '-t', 'none', '-T', 'none', '-f', from.format, '-O', to.format, '--', from.path, to.path],
    {
      runtime,
      timeoutMs: copyMs,
      signal: options.signal,
    },
  )
}

/** A snapshot inside a qcow2 image that nobody has open. */
export async function innerSnapshot(
  runtime: Runtime,
  path: string,
  act: 'create' | 'apply' | 'delete',
  name: string,
): Promise<void> {
  const flag = { create: '-c', apply: '-a', delete: '-d' }[act]
  await run('qemu-img', ['snapshot', '-q', flag, name, '--', path], { runtime, timeoutMs: copyMs })
}

/** Names of the snapshots inside a qcow2 image that nobody has open. */
export async function innerSnapshots(runtime: Runtime, path: string): Promise<readonly string[]> {
  const { stdout } = await run('qemu-img', ['info', '--output=json', '-f', 'qcow2', '--', path], { runtime, timeoutMs })
  const info = JSON.parse(stdout) as { readonly snapshots?: readonly { readonly name: string }[] }
  return (info.snapshots ?? []).map((snapshot) => snapshot.name)
}

/** Bytes that a qcow2 image needs of what it is on: a block device is longer. */
export async function imageLength(runtime: Runtime, path: string): Promise<number> {
  const { stdout } = await run('qemu-img', ['check', '--output=json', '-f', 'qcow2', '--', path], {
    runtime,
    timeoutMs: copyMs,
    // 3: leaked clusters, which do no harm.
    accept: [0, 3],
  })
  return (JSON.parse(stdout) as { readonly 'image-end-offset': number })['image-end-offset']
}

/** The header of one of our own qcow2 files, read without QEMU. Undefined when there is no file. */
export async function readHeader(path: string): Promise<Qcow2Header | undefined> {
  const bytes = await readStart(path)
  return bytes === undefined ? undefined : readQcow2Header(bytes)
}

async function readStart(path: string): Promise<Uint8Array | undefined> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const buffer = Buffer.alloc(qcow2HeaderBytes)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
