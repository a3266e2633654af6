import { constants } from 'node:fs'
import { chmod, chown, link, lstat, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostRefusal, type LooseFile, type Params, type PoolRef, type Result } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { driverOf } from '../storage/drivers.ts'
import { inspectImage } from '../storage/inspect-image.ts'
import { syncPath } from '../storage/place-file.ts'
import { qcow2HeaderBytes, readQcow2Header } from '../storage/qcow2-header.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'
import { imagePath, userOf } from '../storage/volumes.ts'

/** Of one answer. */
const mostFiles = 1000

/** Files of a pool that are not ours by their names, with what their headers say; nothing is opened but for reading. */
export async function looseFiles(context: HostContext, pool: PoolRef, name?: string): Promise<LooseFile[]> {
  requireFiles(pool)
  return await context.pools.use(pool, async () => {
    const all = await readdir(pool.path)
    const copies = new Set(all.filter((one) => one.startsWith('.template-')).map((one) => one.slice(10)))
    const names = all.filter((one) => !one.startsWith('.') && !copies.has(one) && (name ?? one) === one)
    const files: LooseFile[] = []
    for (const one of names.toSorted().slice(0, mostFiles)) {
      const file = await judge(join(pool.path, one))
      if (file !== undefined) files.push({ name: one, ...file })
    }
    return files
  })
}

/** Repeatable at any point: what a crash left undone is done by the next call. */
export async function adoptFile(context: HostContext, wish: Params<'volume.adopt'>): Promise<Result<'volume.adopt'>> {
  const { pool, name, volumeUuid, format, virtualSizeBytes } = wish
  requireFiles(pool)
  const owner = await qemuOwner(context)
  return await context.pools.use(pool, async () => {
    const [theirs, ours] = [join(pool.path, name), imagePath(pool, volumeUuid)]
    const before = await lstat(theirs).catch(() => undefined)
    const there = await lstat(ours).catch(() => undefined)
    if (before === undefined) {
      if (there === undefined) throw refuse('volume.absent', `There is no file ${name} on the pool`, theirs)
      return { physicalBytes: there.blocks * 512 }
    }
    // Both names of one file: a crash came between the link and the removal.
    if (there === undefined || name === volumeUuid) {
      const user = await userOf(context, theirs)
      if (user !== undefined) throw refuse('volume.in-use', `A guest has the file ${name}`, `guest ${user}`)
      const seen = await judge(theirs)
      if (seen?.format !== format || seen.virtualSizeBytes !== virtualSizeBytes) {
        const what = seen?.seen ?? `${seen?.format} of ${seen?.virtualSizeBytes} bytes`
        throw refuse('template.unsafe', `The file ${name} cannot become a volume`, what)
      }
      try {
        await inspectImage(context.runtime, theirs, { format, virtualSizeBytes })
      } catch (error) {
        await chown(theirs, before.uid, before.gid)
        await chmod(theirs, before.mode & 0o7777)
        throw error
      }
    } else if (there.ino !== before.ino) {
      throw refuse('volume.conflict', `Another file is named ${volumeUuid} on the pool`, ours)
    }
    await chown(theirs, owner.uid, owner.gid)
    await chmod(theirs, 0o660)
    await changeName(pool, theirs, ours)
    return { physicalBytes: (await stat(ours)).blocks * 512 }
  })
}

export async function releaseFile(context: HostContext, { pool, name, volumeUuid }: Params<'volume.release'>) {
  requireFiles(pool)
  await context.pools.use(pool, async () => {
    const ours = imagePath(pool, volumeUuid)
    if ((await lstat(ours).catch(() => undefined)) === undefined) return
    await changeName(pool, ours, join(pool.path, name))
  })
}

/** By hard link, so that nothing that is there under the new name is ever replaced. */
async function changeName(pool: PoolRef, from: string, to: string): Promise<void> {
  if (from === to) return
  await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    const same = error.code === 'EEXIST' && (await lstat(to)).ino === (await lstat(from)).ino
    if (same) return
    if (error.code === 'EEXIST') throw refuse('volume.conflict', 'Another file has the name', to)
    throw error
  })
  await rm(from)
  await syncPath(pool.path)
}

function requireFiles(pool: PoolRef): void {
  if (driverOf(pool).kind === 'file') return
  throw refuse('volume.conflict', 'Only pools of files have files to import', pool.path)
}

/** Undefined: there is no such file. */
async function judge(path: string): Promise<Omit<LooseFile, 'name'> | undefined> {
  const info = await lstat(path).catch(() => undefined)
  if (info === undefined) return undefined
  const sizeBytes = info.isFile() ? info.size : 0
  if (info.isSymbolicLink()) return { sizeBytes, seen: 'it is a symbolic link' }
  if (!info.isFile()) return { sizeBytes, seen: 'it is no file' }
  // Whoever writes to the directory could have given a file of the host a name in it.
  if (info.nlink > 1) return { sizeBytes, seen: 'it has a second name (a hard link)' }
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(qcow2HeaderBytes)
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
      return { sizeBytes, ...shapeOf(buffer.subarray(0, bytesRead), sizeBytes) }
    } finally {
      await file.close()
    }
  } catch (error) {
    return { sizeBytes, seen: errorText(error) }
  }
}

/** Images that QEMU would take for raw disks, by their first bytes. */
const strangers: readonly (readonly [string, string])[] = [
  ['KDMV', 'VMDK'],
  ['COWD', 'VMDK'],
  ['# Disk DescriptorFile', 'VMDK'],
  ['vhdxfile', 'VHDX'],
  ['conectix', 'VHD'],
  ['<<< ', 'VDI'],
  ['QED\0', 'QED'],
  ['LUKS', 'LUKS'],
]

function shapeOf(start: Buffer, sizeBytes: number): Pick<LooseFile, 'format' | 'virtualSizeBytes' | 'seen'> {
  if (start.subarray(0, 4).toString('latin1') === 'QFI\xfb') {
    const header = readQcow2Header(start)
    if (header.backingFile !== undefined)
      return { seen: 'it is based on another file: make it whole with qemu-img convert' }
    if (header.externalData) return { seen: 'its data is in another file' }
    if (header.encrypted) return { seen: 'it is encrypted' }
    return { format: 'qcow2', virtualSizeBytes: header.virtualSize }
  }
  const text = start.subarray(0, 32).toString('latin1')
  const stranger = strangers.find(([magic]) => text.startsWith(magic))
  if (stranger !== undefined) return { seen: `it is a ${stranger[1]} image: make it qcow2 with qemu-img convert` }
  if (sizeBytes === 0 || sizeBytes % 512 !== 0) return { seen: `${sizeBytes} bytes are no disk of whole sectors` }
  return { format: 'raw', virtualSizeBytes: sizeBytes }
}

function refuse(
  code: 'volume.absent' | 'volume.in-use' | 'volume.conflict' | 'template.unsafe',
  text: string,
  seen: string,
): Error {
  return hostRefusal(agentFailure(code, text, { seen }))
}
