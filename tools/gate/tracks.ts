import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Totals = { passed: number; failed: number; skipped: number }

/** Layers that the gate runs inside the clean Debian root of layer `fresh`, and nowhere else: once is enough. */
export const insideFresh: readonly string[] = ['unit', 'repository', 'server']

/**
 * The gate's layers in three tracks side by side: what computes, what mostly waits for guests to boot, and the clients,
 * which mostly wait for their next question. One after the other they would take half as long again on two cores.
 * `--full` has long variants of the cheap layers, which run on the machine itself; so do they where nobody may make a
 * container.
 */
export function tracksOf(options: { readonly full: boolean; readonly root: boolean }): readonly (readonly string[])[] {
  const cheap = options.full || !options.root ? insideFresh : []
  const sweep = options.full ? ['sweep'] : []
  return [[...cheap, 'simulation', 'fresh'], ['console', 'lab', ...sweep], ['clients']]
}

/**
 * Runs each track in a process of its own; prints their lines as they come and answers the sum of their last lines, with
 * what they said of failures and unsteady tests: whoever sees only the end of a long log shall know them.
 */
export async function runTracks(
  tracks: readonly (readonly string[])[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  write: (text: string) => void,
): Promise<Totals & { readonly remarks: readonly string[] }> {
  const totals = { passed: 0, failed: 0, skipped: 0, remarks: [] as string[] }
  await Promise.all(
    tracks.map(async (track) => {
      const entry = fileURLToPath(new URL('./main.ts', import.meta.url))
      const child = spawn(process.execPath, [...process.execArgv, entry, ...args, '--layer', track.join(',')], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ...env },
      })
      let last: RegExpExecArray | null = null
      const remark = remarks((line) => totals.remarks.push(line))
      const lines = createInterface({ input: child.stdout })
      lines.on('line', (line) => {
        const counted = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line)
        remark(line)
        if (counted) last = counted
        else write(`${line}\n`)
      })
      const [code] = (await once(child, 'close')) as [number | null]
      const [, passed = 0, failed = 0, skipped = 0] = (last ?? []) as readonly string[]
      totals.passed += Number(passed)
      totals.skipped += Number(skipped)
      // A track that died without its last line has failed, whatever it had counted.
      totals.failed += last === null || (code !== 0 && Number(failed) === 0) ? 1 : Number(failed)
    }),
  )
  return totals
}

/** Takes a track's lines and gives those on: what is listed under `failed:` up to an empty line, and the unsteady ones. */
export function remarks(give: (line: string) => void): (line: string) => void {
  let listed = false
  return (line) => {
    if (line === 'failed:' || line === '') listed = line !== ''
    else if (listed || line.startsWith('unsteady: ')) give(line)
  }
}
