import { chmod, chown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { placeExisting, placeFile, syncPath } from './place-file.ts'
import type { ImageFormat, ImageShape, PoolDriver, PoolSpace } from './pool-driver.ts'
import {
  claimPool,
  listPool,
  partialPath,
  releasePool,
  requireMarker,
  templateRecordPath,
  volumePath,
} from './pool-files.ts'
import { readHeader } from './qemu-img.ts'
import { readTemplateRecord, writeTemplateRecord } from './template-record.ts'

const probeMs = 5000

/** Images as files of a directory: local storage, and what operators mount themselves on every host. */
export const directoryDriver: PoolDriver = {
  kind: 'file',
  async attach(context, pool, { create }) {
    if (create) await mkdir(pool.path, { mode: 0o755, recursive: true })
    await context.pools.claim(pool, () => claimPool(pool, create, context.identity().hostUuid))
    return {}
  },
  async detach(context, pool, release) {
    // A directory that does not answer keeps its marker; the next pool there is told of it.
    if (release) await context.pools.use(pool, () => releasePool(pool)).catch(() => {})
  },
  space: directorySpace,
  verify: (_runtime, pool) => requireMarker(pool),
  list: (_context, pool) => listPool(pool),
  path: volumePath,
  inspect: (_context, pool, name, format) => inspectFile(volumePath(pool, name), format),
  async reserve(context, pool, name, _room, options) {
    const path = ownPartial(context, pool, name)
    if (options?.resume !== true) await rm(path, { force: true })
    return path
  },
  written: async (context, pool, name) =>
    await stat(ownPartial(context, pool, name)).then(
      (info) => info.size,
      () => 0,
    ),
  async unfinished(context, pool, name) {
    const path = ownPartial(context, pool, name)
    const info = await stat(path).catch(() => undefined)
    return info === undefined ? undefined : { path, bytes: info.size }
  },
  abandon: (context, pool, name) => rm(ownPartial(context, pool, name), { force: true }),
  async publish(context, pool, name, owner) {
    const temporary = ownPartial(context, pool, name)
    await chown(temporary, owner.uid, owner.gid)
    await chmod(temporary, 0o660)
    await syncPath(temporary)
    await rename(temporary, volumePath(pool, name))
    await syncPath(pool.path)
  },
  async publishTemplate(context, pool, name, record) {
    const temporary = ownPartial(context, pool, name)
    // Read by every guest, written by none.
    await chown(temporary, 0, 0)
    await chmod(temporary, 0o644)
    await syncPath(temporary)
    // The record first: a file without it would look like a volume.
    const recordPath = templateRecordPath(pool, name)
    await placeFile(`${recordPath}.${context.identity().hostUuid.slice(0, 8)}`, recordPath, writeTemplateRecord(record))
    return await placeExisting(temporary, volumePath(pool, name))
  },
  async template(_context, pool, name) {
    const record = await readTemplateRecord(templateRecordPath(pool, name))
    if (record === undefined) return undefined
    return (await stat(volumePath(pool, name)).catch(() => undefined)) === undefined ? undefined : record
  },
  dependents: async (_context, pool, name) => await overlaysOf(pool, name),
  async grow() {},
  async remove(context, pool, name) {
    await rm(volumePath(pool, name), { force: true })
    await rm(templateRecordPath(pool, name), { force: true })
    await rm(ownPartial(context, pool, name), { force: true })
    await syncPath(pool.path)
  },
  async activate() {},
  async deactivate() {},
}

function ownPartial(context: HostContext, pool: PoolRef, name: string): string {
  return partialPath(pool, name, context.identity().hostUuid)
}

/** Space of the file system, asked by a child, so that a dead mount takes no thread of this process. */
async function directorySpace(runtime: Runtime, pool: PoolRef): Promise<PoolSpace> {
  let out: string
  try {
    out = (await run('stat', ['-f', '-c', '%S %b %f %a', '--', pool.path], { runtime, timeoutMs: probeMs })).stdout
  } catch (error) {
    const seen = errorText(error)
    if (/no end within/.test(seen)) {
      throw hostRefusal(agentFailure('pool.unreachable', `The pool at ${pool.path} does not answer`, { seen }))
    }
    throw hostRefusal(agentFailure('pool.path', `The pool's path ${pool.path} cannot be used`, { seen }))
  }
  const [block, total, free, available] = out.trim().split(' ').map(Number) as [number, number, number, number]
  return { capacityBytes: block * total, usedBytes: block * (total - free), availableBytes: block * available }
}

/** Shape of an image file by its own header. Undefined when there is none. */
export async function inspectFile(path: string, format?: ImageFormat): Promise<ImageShape | undefined> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (info === undefined) return undefined
  const physicalBytes = info.blocks * 512
  const raw: ImageShape = { format: 'raw', sizeBytes: info.size, physicalBytes }
  if (format === 'raw') return raw
  try {
    const header = await readHeader(path)
    if (header === undefined) return undefined
    const { virtualSize: sizeBytes, backingFile, backingFormat } = header
    const backing =
      backingFile === undefined
        ? undefined
        : { name: backingFile, format: backingFormat === 'raw' ? ('raw' as const) : ('qcow2' as const) }
    return { format: 'qcow2', sizeBytes, physicalBytes, backing }
  } catch (error) {
    if (format === 'qcow2') throw error
    return raw
  }
}

async function overlaysOf(pool: PoolRef, name: string): Promise<string[]> {
  const found: string[] = []
  for (const other of await readdir(pool.path)) {
    if (other === name || other.startsWith('.template-') || !/[0-9a-f-]{36}/.test(other)) continue
    const header = await readHeader(join(pool.path, other)).catch(() => undefined)
    if (header?.backingFile === name) found.push(other)
  }
  return found
}
