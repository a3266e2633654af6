import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from '../../packages/lab/src/base-tree.ts'
import { buildDebianRoot } from '../../tools/debian-root/build.ts'

/** debootstrap's minbase, made once a machine: a minute. Two processes may make it at the same time. */
export async function minimalTree(): Promise<string> {
  const out = join(cacheDirectory(), 'fresh-minbase')
  if (existsSync(out)) return out
  try {
    await buildDebianRoot({ out, packages: [], tool: 'debootstrap', certificates: true })
  } catch (error) {
    if (!existsSync(out)) throw error
  }
  return out
}
