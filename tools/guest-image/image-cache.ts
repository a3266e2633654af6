import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inScratchDirectory } from '../scratch-directory.ts'
import { type CachedDeb, sha256Of } from './debs.ts'

/** The image that an earlier build made of the same packages by the same code; kept beside the packages. */
export type ImageCache = {
  /** Writes it to `out`; undefined when there is none, or when it is not what was kept. */
  readonly take: (out: string) => Promise<{ readonly sha256: string } | undefined>
  readonly keep: (image: string) => Promise<void>
}

/** Of the files that make the image, as they were when this process read its code. */
const codeAtStart = await hashOfCode()

async function hashOfCode(): Promise<string> {
  const hash = createHash('sha256')
  const sources = (await readdir(import.meta.dirname)).filter((name) => /\.(ts|sh)$/.test(name)).sort()
  for (const name of sources) hash.update(name).update(await readFile(join(import.meta.dirname, name)))
  return hash.digest('hex')
}

export async function openImageCache(cacheDir: string, debs: readonly CachedDeb[]): Promise<ImageCache> {
  const hash = createHash('sha256').update(codeAtStart)
  for (const deb of debs) hash.update(deb.sha256)
  const kept = join(cacheDir, `image-${hash.digest('hex').slice(0, 16)}.qcow2`)
  const sum = `${kept}.sha256`
  return {
    async take(out) {
      return await inScratchDirectory(dirname(out), 'image', async (scratch) => {
        const copy = join(scratch, 'image')
        try {
          await copyFile(kept, copy)
          const sha256 = await sha256Of(copy)
          if (sha256 !== (await readFile(sum, 'utf8'))) return undefined
          await rename(copy, out)
          return { sha256 }
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
          throw error
        }
      })
    },
    async keep(image) {
      // Somebody edits the scripts while this runs: the image may be of both.
      if ((await hashOfCode()) !== codeAtStart) return
      await inScratchDirectory(cacheDir, 'image', async (scratch) => {
        await copyFile(image, join(scratch, 'image'))
        await writeFile(join(scratch, 'sum'), await sha256Of(image))
        // Images of other packages or code are of no use any more.
        for (const name of await readdir(cacheDir))
          if (/^image-.*\.qcow2/.test(name)) await rm(join(cacheDir, name), { force: true })
        await rename(join(scratch, 'image'), kept)
        await rename(join(scratch, 'sum'), sum)
      })
    },
  }
}
