import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Gives `work` a directory of its own in `parent` and removes it at the end, and before that what killed processes left
 * there under the same name: caches are never emptied otherwise.
 */
export async function inScratchDirectory<T>(
  parent: string,
  name: string,
  work: (scratch: string) => Promise<T>,
): Promise<T> {
  const prefix = `.${name}-`
  for (const found of await readdir(parent)) {
    const pid = found.startsWith(prefix) ? /^(\d+)-/.exec(found.slice(prefix.length))?.[1] : undefined
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(parent, found), { recursive: true, force: true })
  }
  const scratch = await mkdtemp(join(parent, `${prefix}${process.pid}-`))
  try {
    return await work(scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
