import { release, totalmem } from 'node:os'
import type { HostFacts } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import { splitVersion } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { addressOn, listInterfaces, type NetworkInterface } from '../network/interfaces.ts'
import { numberSetting, type Settings } from '../properties/settings.ts'
import { find, findAll, parseXml, writeXml } from '../xml/parse-xml.ts'
import { parseCpuInfo, parseOsRelease, readHostName, readMachineId, readText } from './machine.ts'

type HypervisorFacts = Pick<HostFacts, 'hypervisor' | 'hostCpuXml' | 'machineTypes'>

/** What the host is now. Without libvirt its parts are empty; the checks say why. */
export async function hostFacts(context: HostContext): Promise<HostFacts> {
  const { settings } = context
  const speed = Number(settings.get('host.cpu.manual.speed.mhz') ?? 0)
  const cpu = parseCpuInfo(readText('/proc/cpuinfo') ?? '')
  const reserved = numberSetting(settings, 'host.reserved.mem.mb') * 1024 * 1024
  const interfaces = await listInterfaces(context.runtime)
  const address = settings.get('alto.host.address') ?? chooseAddress(settings, interfaces)
  return {
    hostname: readHostName(settings),
    machineId: readMachineId(settings),
    bootId: readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    architecture: architecture(),
    os: { ...parseOsRelease(readText('/etc/os-release') ?? ''), kernel: release() },
    cpu: speed > 0 ? { ...cpu, mhz: speed } : cpu,
    memoryBytes: Math.max(0, (memoryLimit() ?? totalmem()) - reserved),
    acceleration: await context.acceleration(),
    ...(await trackingFact(context)),
    ...(await hypervisorFacts(context)),
    interfaces: interfaces.map((one) => ({ ...one, addresses: [...one.addresses] })),
    address,
    migrationAddress: settings.get('alto.migration.address') ?? address,
  }
}

/** Left out where nft cannot be asked: the checks say why. */
async function trackingFact({ guestNetwork }: HostContext): Promise<Pick<HostFacts, 'connectionTracking'>> {
  return await guestNetwork.tracking().then(
    (connectionTracking) => ({ connectionTracking }),
    () => ({}),
  )
}

/** The address that servers and peers reach this host by. */
export async function hostAddress(settings: Settings, runtime: Runtime): Promise<string> {
  const set = settings.get('alto.host.address')
  if (set !== undefined) return set
  return chooseAddress(settings, await listInterfaces(runtime))
}

function chooseAddress(settings: Settings, interfaces: readonly NetworkInterface[]): string {
  const device = settings.get('private.network.device') ?? ''
  const all = interfaces.flatMap((one) => one.addresses)
  return addressOn(interfaces, device) ?? all.find((one) => !one.includes(':')) ?? '127.0.0.1'
}

async function hypervisorFacts(context: HostContext): Promise<HypervisorFacts> {
  const none: HypervisorFacts = { hypervisor: { kind: 'KVM', libvirt: '', qemu: '' }, hostCpuXml: '', machineTypes: [] }
  if (!context.libvirt.up()) return none
  try {
    return await context.libvirt.use(async ({ host }) => {
      const [capabilities, libvirt, qemu] = await Promise.all([
        host.getCapabilities(),
        host.getLibVersion(),
        host.getVersion(),
      ])
      const root = parseXml(capabilities)
      const cpu = find(root, 'host/cpu')
      return {
        hypervisor: { kind: 'KVM', libvirt: splitVersion(libvirt).join('.'), qemu: splitVersion(qemu).join('.') },
        hostCpuXml: cpu === undefined ? '' : writeXml(cpu).text,
        machineTypes: machineTypes(root),
      }
    })
  } catch (error) {
    context.log.warn({ error: String(error) }, 'the hypervisor could not be asked for facts')
    return none
  }
}

/** Versioned machine types of the host's own architecture, newest first within each family. */
export function machineTypes(capabilities: ReturnType<typeof parseXml>): string[] {
  const wanted = architecture()
  const guest = findAll(capabilities, 'guest').find((one) => find(one, 'arch')?.attributes.name === wanted)
  const names = guest === undefined ? [] : findAll(guest, 'arch/machine').map((one) => one.text)
  const versioned = [...new Set(names)].filter((name) => /-\d+\.\d+$/.test(name))
  return versioned.toSorted((a, b) => family(a).localeCompare(family(b)) || version(b) - version(a))
}

function family(machine: string): string {
  return machine.replace(/-\d+\.\d+$/, '')
}

function version(machine: string): number {
  const [, major = '0', minor = '0'] = /-(\d+)\.(\d+)$/.exec(machine) ?? []
  return Number(major) * 1000 + Number(minor)
}

export function architecture(): HostFacts['architecture'] {
  if (process.arch === 'arm64') return 'aarch64'
  return process.arch === 's390x' ? 's390x' : 'x86_64'
}

/** A host in a container has its cgroup's memory, not the machine's. */
function memoryLimit(): number | undefined {
  const text = readText('/sys/fs/cgroup/memory.max')?.trim()
  const limit = Number(text)
  return text === undefined || text === 'max' || !Number.isFinite(limit) || limit > totalmem() ? undefined : limit
}

/** True for a Linux bridge; `false` also when there is no such interface. */
export function isBridge(name: string): boolean {
  return readText(`/sys/class/net/${name}/bridge/bridge_id`) !== undefined
}
