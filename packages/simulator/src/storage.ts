import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { agentFailure, type Runtime } from '@altostack/core'

/** A file of a pool; sizes in bytes. */
export type PoolFile = {
  readonly kind: 'volume' | 'template' | 'partial' | 'other'
  /** As the guest sees it. */
  readonly sizeBytes: number
  readonly physicalBytes: number
  readonly format: 'qcow2' | 'raw'
  readonly backing?: string
  readonly sha256?: string
  /** What is written on it, as far as it is told: see `contentHash`. */
  readonly content?: string
  /** Content by snapshot inside the image. */
  readonly inner?: Readonly<Record<string, string>>
  /** Wall clock, ms. */
  readonly modified: number
}
export type PoolSpace = { readonly capacityBytes: number; readonly usedBytes: number; readonly availableBytes: number }

/** One directory: shared by every host of the process, or of one host alone. */
export type PoolDirectory = {
  readonly key: string
  /** The pool that the directory is; undefined until a host has made it, then it does not exist. */
  marker: string | undefined
  readonly capacityBytes: number
  usedBytes: number
  readonly files: Map<string, PoolFile>
  /** Faults: takes no byte more, does not answer, is read-only, is not there. */
  fault: 'none' | 'full' | 'hangs' | 'read-only' | 'missing'
}

export type DirectoryWatcher = {
  readonly file: (directory: PoolDirectory, name: string, file: PoolFile | undefined) => void
  readonly marker: (directory: PoolDirectory) => void
}

/** Every directory that the simulated hosts have mounted. */
export type Storage = {
  /** The directory of a pool on a host; made when nobody has looked at it before. */
  readonly directory: (pool: PoolRef, hostName: string) => PoolDirectory
  readonly put: (directory: PoolDirectory, name: string, file: Omit<PoolFile, 'modified'>) => PoolFile
  readonly remove: (directory: PoolDirectory, name: string) => void
  readonly setMarker: (directory: PoolDirectory, pool: string | undefined) => void
  readonly directories: () => readonly PoolDirectory[]
  /** Puts back what a state file had. */
  readonly restore: (key: string, marker: string | undefined, files: Iterable<readonly [string, PoolFile]>) => void
}

/** What an empty qcow2 image takes. */
export const emptyImageBytes = 196_608

export function createStorage(runtime: Runtime, capacityBytes: number, watcher?: DirectoryWatcher): Storage {
  const directories = new Map<string, PoolDirectory>()

  function open(key: string): PoolDirectory {
    let directory = directories.get(key)
    if (directory === undefined) {
      directory = { key, marker: undefined, capacityBytes, usedBytes: 0, files: new Map(), fault: 'none' }
      directories.set(key, directory)
    }
    return directory
  }

  function set(directory: PoolDirectory, name: string, file: PoolFile | undefined): void {
    directory.usedBytes += (file?.physicalBytes ?? 0) - (directory.files.get(name)?.physicalBytes ?? 0)
    if (file === undefined) directory.files.delete(name)
    else directory.files.set(name, file)
  }

  return {
    directory: (pool, hostName) => open(directoryKey(pool, hostName)),
    put(directory, name, file) {
      const whole = { ...file, modified: runtime.now() }
      set(directory, name, whole)
      watcher?.file(directory, name, whole)
      return whole
    },
    remove(directory, name) {
      if (!directory.files.has(name)) return
      set(directory, name, undefined)
      watcher?.file(directory, name, undefined)
    },
    setMarker(directory, pool) {
      directory.marker = pool
      watcher?.marker(directory)
    },
    directories: () => [...directories.values()],
    restore(key, marker, files) {
      const directory = open(key)
      directory.marker = marker
      for (const [name, file] of files) set(directory, name, file)
    },
  }
}

/** Shared pools are one directory for all hosts of the process; a local path is another one on each host. */
function directoryKey(pool: PoolRef, hostName: string): string {
  const path = pool.path.replace(/\/+$/, '') || '/'
  return pool.type === 'Filesystem' ? `${hostName}:${path}` : `shared:${path}`
}

export function diskKey(directory: PoolDirectory, volumeUuid: string): string {
  return `${directory.key}/${volumeUuid}`
}

export function volumePath(pool: PoolRef, uuid: string): string {
  return `${pool.path.replace(/\/+$/, '')}/${uuid}`
}

/** Space of a pool that answers; refuses by name else. */
export function spaceOf(pool: PoolRef, directory: PoolDirectory): PoolSpace {
  if (directory.fault === 'hangs') {
    throw refuse('pool.unreachable', `The pool at ${pool.path} does not answer`, 'file work did not come back')
  }
  if (directory.fault === 'missing' || directory.marker === undefined) {
    throw refuse('pool.path', `The pool's path ${pool.path} cannot be used`, 'no such directory')
  }
  const usedBytes = directory.fault === 'full' ? directory.capacityBytes : directory.usedBytes
  return {
    capacityBytes: directory.capacityBytes,
    usedBytes,
    availableBytes: Math.max(0, directory.capacityBytes - usedBytes),
  }
}

function refuse(code: 'pool.unreachable' | 'pool.path', message: string, seen: string): Error {
  return hostRefusal(agentFailure(code, message, { seen }))
}
