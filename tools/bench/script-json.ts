import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/** Runs a bench that a package keeps for itself; answers the JSON that it prints. */
export async function scriptJson<R>(script: string, args: readonly string[]): Promise<R> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, script), ...args],
    { timeout: 600_000, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 ** 2 },
  )
  return JSON.parse(stdout) as R
}
