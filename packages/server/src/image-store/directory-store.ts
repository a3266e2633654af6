import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AltoError, errorText, storageFailure } from '@altostack/core'
import type { StoreDriver, StoredObject } from './store-driver.ts'

/** Images as files below a directory, which `ready` makes sure is there: the mount of an NFS export. */
export function directoryStore(root: string, ready: () => Promise<void>): StoreDriver {
  const act = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await ready()
      return await work()
    } catch (error) {
      if (error instanceof AltoError) throw error
      const full = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
      throw storageFailure(
        full ? 'image-store.full' : 'image-store.unreachable',
        full ? 'The image store is full' : 'The image store cannot be used',
        { seen: errorText(error) },
      )
    }
  }
  return {
    put: (name, path, digest, signal) =>
      act(async () => {
        const target = join(root, name)
        const part = `${target}.part`
        await mkdir(dirname(target), { recursive: true, mode: 0o700 })
        try {
          const seen = await copyHashed(path, part, signal)
          if (seen !== digest.sha256) {
            throw storageFailure('image-store.changed', 'The image changed on its way to the store', {
              seen: `sha256 ${seen} instead of ${digest.sha256}`,
            })
          }
          await rename(part, target)
          const directory = await open(dirname(target), 'r')
          await directory.sync().finally(() => directory.close())
        } catch (error) {
          await rm(part, { force: true }).catch(() => undefined)
          throw error
        }
      }),
    open: (name, range) =>
      act(async () => {
        const file = await open(join(root, name), 'r')
        return file.createReadStream(range)
      }),
    list: (folder) =>
      act(async () => {
        const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error) => {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
          throw error
        })
        const objects: StoredObject[] = []
        for (const entry of entries) {
          if (!entry.isFile()) continue
          const info = await stat(join(root, folder, entry.name))
          objects.push({ name: entry.name, sizeBytes: info.size, modified: Math.floor(info.mtimeMs) })
        }
        return objects
      }),
    remove: (name) =>
      act(async () => {
        await rm(join(root, name), { force: true })
        await rm(join(root, `${name}.part`), { force: true })
      }),
  }
}

async function copyHashed(from: string, to: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(createReadStream(from), tap, createWriteStream(to, { mode: 0o600, flush: true }), { signal })
  return hash.digest('hex')
}
