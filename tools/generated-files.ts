import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The repository's root. */
export const root: string = join(import.meta.dirname, '..')

/**
 * Writes generated files (absolute path to text), or with `--check` on the command line only compares: names each stale
 * one and sets the exit code to 1. `command` is what makes them fresh again.
 */
export function writeGenerated(files: ReadonlyMap<string, string>, command: string): void {
  for (const [path, text] of files) {
    if (process.argv.includes('--check')) {
      if (readIfThere(path) === text) continue
      console.error(`${relative(root, path)} is stale: run ${command}`)
      process.exitCode = 1
    } else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
