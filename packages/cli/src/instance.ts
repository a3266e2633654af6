import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** One installation that `alto up` keeps: everything is named after its data directory, so that several run side by side. */
export type Instance = {
  readonly dataDir: string
  /** Six hex digits of the data directory's path. */
  readonly id: string
  readonly ports: { readonly api: number; readonly https: number; readonly agent: number }
  readonly bridge: string
  /** First three octets of the guests' /24; chosen at the first up. */
  readonly subnet: string | undefined
  /** `kvm`: this machine is the host. `simulator`: simulated hosts. */
  readonly mode: 'kvm' | 'simulator'
  readonly hosts: number
}

export const defaultPort = 8080

export function defaultDataDir(): string {
  if (process.env.ALTO_DATA_DIR) return resolve(process.env.ALTO_DATA_DIR)
  return process.getuid?.() === 0 ? '/var/lib/altostack' : join(process.env.HOME ?? '.', '.altostack')
}

export function instanceId(dataDir: string): string {
  return createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 6)
}

/** 8080, 8443 and 8250 by default; N, N+1 and N+2 for a chosen port. */
export function portsFrom(port: number | undefined): Instance['ports'] {
  if (port === undefined || port === defaultPort) return { api: 8080, https: 8443, agent: 8250 }
  return { api: port, https: port + 1, agent: port + 2 }
}

const fileOf = (dataDir: string): string => join(dataDir, 'instance.json')

export function readInstance(dataDir: string): Instance | undefined {
  const file = fileOf(dataDir)
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')) as Instance
}

/** Written beside and renamed, so that a kill leaves the old or the new one. */
export function writeInstance(instance: Instance): void {
  mkdirSync(instance.dataDir, { recursive: true, mode: 0o711 })
  const file = fileOf(instance.dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
