import { createHash } from 'node:crypto'
import { type CheckResult, findCheck, type HostFacts, hostChecks, hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'

/** What a simulated machine is; sizes in bytes, speeds in MHz, times in ms. */
export type HostSize = {
  readonly cpus: number
  readonly cpuMhz: number
  readonly memoryBytes: number
  readonly architecture: HostFacts['architecture']
  readonly hypervisorKind: HostFacts['hypervisor']['kind']
  /** Bridges of the host; absent: every bridge exists. */
  readonly bridges?: readonly string[]
  /** Largest packet that its bridges carry. */
  readonly mtu: number
  /** Layer 2 network that its bridges are on; hosts of one name hear each other. */
  readonly wire?: string
  /** How long a guest takes to end by itself when asked. */
  readonly guestShutdownMs: number
  /** How long a live migration takes, and its last pause. */
  readonly migrationMs: number
  readonly downtimeMs: number
  /** Where the host offers local storage; absent: none. */
  readonly localStoragePath?: string
}
export type HostProfile = HostSize & {
  readonly index: number
  readonly name: string
  readonly machineId: string
  readonly address: string
}

export const defaultSize: HostSize = {
  cpus: 32,
  cpuMhz: 2500,
  memoryBytes: 128 * 1024 ** 3,
  architecture: 'x86_64',
  hypervisorKind: 'Simulator',
  mtu: 1500,
  guestShutdownMs: 50,
  migrationMs: 100,
  downtimeMs: 5,
}

export const machineTypes = ['pc-i440fx-7.2', 'pc-q35-7.2', 'virt-7.2'] as const
export const agentVersion = '0.1.0'

/** The machine of a fleet with this number, from 0; the same fleet name and number are the same machine. */
export function hostProfile(fleet: string, index: number, size: HostSize, prefix: string): HostProfile {
  return {
    ...size,
    index,
    name: `${prefix}${index + 1}`,
    machineId: createHash('sha256').update(`${fleet} ${index}`).digest('hex').slice(0, 32),
    address: `10.${128 + ((index + 1) >> 16)}.${((index + 1) >> 8) & 255}.${(index + 1) & 255}`,
  }
}

export function factsOf(profile: HostProfile, bootId: string, settings: ReadonlyMap<string, string>): HostFacts {
  const bridges = profile.bridges ?? ['cloudbr0']
  const tail = profile.machineId.slice(0, 6).match(/../g) as string[]
  return {
    hostname: profile.name,
    machineId: profile.machineId,
    bootId,
    architecture: profile.architecture,
    os: { name: 'Debian GNU/Linux', version: '12', kernel: '6.1.0-simulated' },
    cpu: {
      sockets: 1,
      cores: profile.cpus,
      mhz: profile.cpuMhz,
      model: 'Simulated CPU',
      virtualisationFlag: true,
    },
    memoryBytes: profile.memoryBytes,
    acceleration: { kind: 'kvm', reason: 'simulated' },
    hypervisor: { kind: profile.hypervisorKind, libvirt: '9.0.0', qemu: '7.2.0' },
    hostCpuXml: '',
    machineTypes: [...machineTypes],
    interfaces: bridges.map((name, at) => ({
      name,
      mac: `0a:${tail.join(':')}:00:${at.toString(16).padStart(2, '0')}`,
      addresses: at === 0 ? [profile.address] : [],
      bridge: true,
      mtu: profile.mtu,
    })),
    address: profile.address,
    migrationAddress: settings.get('alto.migration.address') ?? profile.address,
    ...(profile.localStoragePath === undefined ? {} : { localStoragePath: profile.localStoragePath }),
  }
}

const atHello = ['virtualisation', 'kvm', 'libvirtd', 'name', 'bridge', 'space', 'server-port']

/** Nothing is wrong with a simulated host but what its faults make. Refuses a name that nobody declares. */
export function checksOf(names: readonly string[]): CheckResult[] {
  const strange = names.find((name) => name !== 'none' && findCheck(name) === undefined)
  if (strange !== undefined) throw hostRefusal(agentFailure('agent.params', `There is no check ${strange}`))
  const chosen = names.length === 0 ? atHello : names
  return hostChecks
    .filter(({ name, seenBy }) => seenBy === 'host' && chosen.includes(name))
    .map(({ name }) => ({ name, status: 'ok', seen: 'simulated' }))
}
