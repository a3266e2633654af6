import { readFileSync } from 'node:fs'
import { replaceFile } from '../storage/replace-file.ts'
import { parseProperties, updateProperties } from './java-properties.ts'

/** agent.properties: CloudStack's keys that matter here and our own under `alto.`. */
export type Settings = {
  readonly get: (key: string) => string | undefined
  readonly all: () => ReadonlyMap<string, string>
  /** Changes keys in the file, keeping the operator's comments and order. */
  readonly set: (changes: Readonly<Record<string, string | undefined>>) => void
  /** Reads the file again. */
  readonly reload: () => void
}

/** Defaults of the keys that this agent reads; CloudStack's where it has one. */
export const settingDefaults = {
  port: '8250',
  zone: 'default',
  pod: 'default',
  cluster: 'default',
  workers: '5',
  'private.network.device': 'cloudbr0',
  'hypervisor.uri': 'qemu:///system',
  'local.storage.path': '/var/lib/libvirt/images/',
  'mount.path': '/mnt',
  'host.reserved.mem.mb': '1024',
  'vm.migrate.downtime': '-1',
  'vm.migrate.speed': '-1',
  /** `auto`: kvm when the trial start proves it. `tcg`: emulation without a trial. */
  'alto.acceleration': 'auto',
  /** Most concurrent memory (MiB) that a guest's translated code takes under emulation. */
  'alto.tcg.tb.cache.mb': '32',
  'alto.libvirt.tls': 'true',
} as const satisfies Readonly<Record<string, string>>
export type SettingName = keyof typeof settingDefaults

/** Opens the file; a missing one is empty. */
export function openSettings(path: string): Settings {
  let text = ''
  let entries = new Map<string, string>()
  const reload = (): void => {
    text = readOrEmpty(path)
    entries = parseProperties(text)
  }
  reload()
  return {
    get: (key) => {
      const value = entries.get(key)
      if (value !== undefined && value !== '') return value
      return Object.hasOwn(settingDefaults, key) ? settingDefaults[key as SettingName] : undefined
    },
    all: () => entries,
    set: (changes) => {
      reload()
      const next = updateProperties(text, changes)
      if (next === text) return
      replaceFile(path, next, 0o640)
      reload()
    },
    reload,
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** A whole number setting; anything else falls back to its default. */
export function numberSetting(settings: Settings, key: SettingName): number {
  const value = Number(settings.get(key))
  return Number.isInteger(value) ? value : Number(settingDefaults[key])
}
