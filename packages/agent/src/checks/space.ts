import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CheckResult } from '@altostack/agent-api'
import { type Check, failed, passed } from './check.ts'

const warnBytes = 1024 ** 3
const failBytes = 64 * 1024 ** 2

/** Judges the free bytes of each directory. */
export function judgeSpace(free: readonly { readonly path: string; readonly bytes: number }[]): CheckResult {
  const seen = free.map(({ path, bytes }) => `${path}: ${Math.floor(bytes / 1024 ** 2)} MiB free`).join(', ')
  const least = Math.min(...free.map(({ bytes }) => bytes))
  if (least < failBytes) return failed('space', 'fail', seen)
  return least < warnBytes ? failed('space', 'warn', seen) : passed('space', seen)
}

/** A directory that will be made lies where its nearest existing parent is. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path))
}

export const spaceCheck: Check = {
  name: 'space',
  async run({ paths }) {
    const directories = [...new Set([paths.stateDir, dirname(paths.log), dirname(paths.config)])]
    const free = await Promise.all(
      directories.map(async (path) => {
        const { bavail, bsize } = await statfs(existing(path))
        return { path, bytes: bavail * bsize }
      }),
    )
    return judgeSpace(free)
  },
}
