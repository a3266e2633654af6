import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Settings } from '../properties/settings.ts'

/** The file's text, or undefined when it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

export function readHostName(settings?: Settings): string {
  return settings?.get('alto.host.name') ?? hostname()
}

/** Identity of the machine, by which a cloned certificate is found out. `alto.machine.id` stands in where there is none. */
export function readMachineId(settings: Settings): string {
  const own = settings.get('alto.machine.id') ?? readText('/etc/machine-id')?.trim()
  if (own !== undefined && own !== '' && own !== 'uninitialized') return own
  throw new Error('the machine has no id: run systemd-machine-id-setup, or set alto.machine.id in agent.properties')
}

/** `NAME` and `VERSION_ID` of os-release. */
export function parseOsRelease(text: string): { readonly name: string; readonly version: string } {
  const field = (key: string): string | undefined => new RegExp(`^${key}=["']?([^"'\n]*)["']?$`, 'm').exec(text)?.[1]
  return { name: field('NAME') ?? 'Linux', version: field('VERSION_ID') ?? '' }
}

export type CpuFacts = {
  readonly sockets: number
  readonly cores: number
  readonly mhz: number
  readonly model: string
  readonly virtualisationFlag: boolean
}

/** Reads /proc/cpuinfo: logical CPUs, packages, nominal speed. `fallbackMhz` where the kernel does not say. */
export function parseCpuInfo(text: string, fallbackMhz = 2000): CpuFacts {
  const values = (key: string): string[] =>
    [...text.matchAll(new RegExp(`^${key}\\s*:\\s*(.*)$`, 'gm'))].map((m) => m[1] ?? '')
  const flags = new Set((values('flags')[0] ?? values('Features')[0] ?? '').split(/\s+/))
  const mhz = Math.max(0, ...values('cpu MHz').map(Number).filter(Number.isFinite))
  return {
    sockets: Math.max(1, new Set(values('physical id')).size),
    cores: Math.max(1, values('processor').length),
    mhz: Math.round(mhz) || fallbackMhz,
    model: values('model name')[0] ?? 'unknown',
    virtualisationFlag: flags.has('vmx') || flags.has('svm'),
  }
}
