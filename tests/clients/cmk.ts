import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from './python.ts'

/** cmk 6.4.0; its tags have no leading v, so that Go's module proxy knows it by commit only. */
const commit = 'df65df7cfe331c5af5d39743717e3d58df921a48'
const module = 'github.com/apache/cloudstack-cloudmonkey'
const binary = 'cloudstack-cloudmonkey'

export type Cmk = { readonly path: string } | { readonly missing: string }

/**
 * CloudStack's command line client: the one that `ALTO_CMK` names, one in the path, or one that Go builds from its module
 * proxy and that is kept under `$ALTO_CACHE` (`~/.cache/altostack`). Otherwise the reason why there is none.
 */
export async function findCmk(): Promise<Cmk> {
  const named = process.env.ALTO_CMK
  if (named !== undefined && named !== '') return existsSync(named) ? { path: named } : { missing: `no ${named}` }
  const kept = join(process.env.ALTO_CACHE ?? join(homedir(), '.cache', 'altostack'), `cmk-${commit.slice(0, 12)}`)
  const installed = [...inPath('cmk'), ...inPath(binary), join(kept, binary)].find((path) => existsSync(path))
  if (installed !== undefined) return { path: installed }
  const go = [...inPath('go'), '/usr/local/go/bin/go', '/usr/lib/go/bin/go'].find((path) => existsSync(path))
  if (go === undefined) return { missing: 'neither cmk nor Go is installed' }
  mkdirSync(kept, { recursive: true })
  const env = { ...(process.env as Record<string, string>), GOBIN: kept }
  const end = await runProgram(go, ['install', `${module}@${commit}`], env)
  if (end.code === 0) return { path: join(kept, binary) }
  return { missing: `go install ${module}@${commit.slice(0, 12)}: ${lastLine(end.stderr)}` }
}

function inPath(name: string): string[] {
  return (process.env.PATH ?? '').split(':').map((directory) => join(directory, name))
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
