import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process that the supervisor keeps running, started after those before it in the list. */
export type Service = {
  readonly name: string
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly log: string
  /** Signal that asks it to end; SIGKILL follows after ten seconds. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT'
}

export const runDirectory = (dataDir: string): string => join(dataDir, 'run')
export const supervisorPidFile = (dataDir: string): string => join(runDirectory(dataDir), 'supervisor.pid')
const servicesFile = (dataDir: string): string => join(runDirectory(dataDir), 'services.json')

export function readServices(dataDir: string): Service[] {
  const file = servicesFile(dataDir)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Service[]) : []
}

export function writeServices(dataDir: string, services: readonly Service[]): void {
  mkdirSync(runDirectory(dataDir), { recursive: true, mode: 0o700 })
  const file = servicesFile(dataDir)
  writeFileSync(`${file}.new`, JSON.stringify(services, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** The pid in a file if that process lives and is the one that wrote it (its start time is beside the pid). */
export function livePid(file: string): number | undefined {
  const [pid, started] = textOf(file).trim().split(' ')
  if (pid === undefined || started === undefined) return undefined
  return startTime(Number(pid)) === started ? Number(pid) : undefined
}

/** Empty when the file is not there: its process removes it at any time. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** Sends a signal to a process that may end meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function writePid(file: string, pid: number): void {
  writeFileSync(file, `${pid} ${startTime(pid) ?? ''}\n`)
}

/** Field 22 of /proc/<pid>/stat: a pid that was given again has another. Undefined for a dead process or a zombie. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
