import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buildDebianRoot } from '../../tools/debian-root/build.ts'

/** debootstrap's minbase, made once a machine: a minute. Two processes may make it at the same time. */
export async function minimalTree(): Promise<string> {
  const cache = process.env.ALTO_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'altostack')
  const out = join(cache, 'fresh-minbase')
  if (existsSync(out)) return out
  try {
    await buildDebianRoot({ out, packages: [], tool: 'debootstrap', certificates: true })
  } catch (error) {
    if (!existsSync(out)) throw error
  }
  return out
}
