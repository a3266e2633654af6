import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { type AltoError, apiFailure, type Runtime } from '@altostack/core'

/** How often the files are looked at, ms. A look costs a stat or two: what is written meanwhile may be lost. */
const lookMs = 5000

export type DataFiles = {
  /** Of SQLite; undefined: the database is elsewhere. */
  readonly database: string | undefined
  readonly secretKey: string
}

/**
 * Looks whether the server's own files are still those that it opened. A process keeps what it has open, so a server
 * whose data directory was deleted would go on answering until its end, and all would be lost then. Calls `onGone` once.
 */
export function watchDataFiles(runtime: Runtime, files: DataFiles, onGone: (cause: AltoError) => void): () => void {
  const opened = files.database === undefined ? undefined : identity(files.database)
  let cancel = (): void => {}
  const look = (): void => {
    const cause = gone(files, opened)
    if (cause !== undefined) onGone(cause)
    else cancel = runtime.after(lookMs, look)
  }
  cancel = runtime.after(lookMs, look)
  return () => cancel()
}

function gone({ database, secretKey }: DataFiles, opened: string | undefined): AltoError | undefined {
  if (database !== undefined) {
    const now = identity(database)
    if (now !== opened) {
      const what = now === undefined ? 'was deleted' : 'was replaced by another file'
      return failure(`The database ${database} ${what} under the running management server`, held(database))
    }
  }
  if (identity(secretKey) !== undefined) return undefined
  return failure(`The key ${secretKey} was deleted under the running management server`, [])
}

function failure(message: string, commands: readonly string[]): AltoError {
  return apiFailure('api.data-gone', message, {
    seen: commands.length === 0 ? 'the file is not there' : `still held open: ${commands.join('; ')}`,
    evidence: { process: process.pid, commands: [...commands] },
  })
}

/** Device and inode; undefined: not there. */
function identity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`
}

/** Commands that copy the deleted database out of this process, which still has it open. */
function held(database: string): readonly string[] {
  const commands: string[] = []
  try {
    for (const fd of readdirSync('/proc/self/fd')) {
      const target = link(`/proc/self/fd/${fd}`)
      for (const part of ['', '-wal']) {
        if (target === `${database}${part} (deleted)`)
          commands.push(`cp /proc/${process.pid}/fd/${fd} ${database}${part}`)
      }
    }
  } catch {
    // No /proc: nothing can be said.
  }
  // A file that is open several times is one file.
  return [...new Map(commands.map((command) => [command.split(' ')[2], command])).values()]
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
