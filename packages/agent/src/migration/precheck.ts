import { freemem } from 'node:os'
import { AgentCallError, type DiskCopy, type DiskSpec, type Result, type VmSpec } from '@altostack/agent-api'
import { type AltoError, agentErrors, errorText } from '@altostack/core'
import { architecture, isBridge, machineTypes } from '../facts/facts.ts'
import { readText } from '../facts/machine.ts'
import type { HostContext } from '../host-context.ts'
import { refuseUse, requireSpace, requireVolume } from '../storage/copy-volume.ts'
import { driverOf } from '../storage/drivers.ts'
import { storedCpu } from '../xml/cpu.ts'
import { parseXml } from '../xml/parse-xml.ts'
import { requireListener } from './listener.ts'

type Refusal = Result<'vm.migration.check'>['refusals'][number]
type Code = keyof typeof agentErrors

/** Everything about this host that would refuse the guest, each by name; `copies` come along. Changes nothing. */
export async function migrationRefusals(
  context: HostContext,
  spec: VmSpec,
  copies: readonly DiskCopy[] = [],
): Promise<Refusal[]> {
  const found: Refusal[] = []
  const refuse = (code: Code, seen: string): void => void found.push({ code, seen, fix: agentErrors[code].fix })
  if (spec.architecture !== architecture())
    refuse('vm.architecture', `guest ${spec.architecture}, host ${architecture()}`)
  const free = availableMemory()
  if (free < spec.memoryBytes) refuse('vm.memory', `${free} bytes available, ${spec.memoryBytes} needed`)
  for (const bridge of new Set(spec.nics.map((nic) => nic.bridge))) {
    if (!isBridge(bridge)) refuse('network.bridge', `no bridge ${bridge}`)
  }
  for (const nic of spec.nics) {
    const refusal = isBridge(nic.bridge) ? await context.segments.refusal(nic) : undefined
    if (refusal !== undefined) refuse(codeOf(refusal), seenOf(refusal))
  }
  for (const disk of spec.disks) {
    try {
      await requireDisk(
        context,
        disk,
        copies.find((copy) => copy.volumeUuid === disk.volumeUuid),
      )
    } catch (error) {
      refuse(codeOf(error), seenOf(error))
    }
  }
  if (spec.cdrom !== undefined) {
    const { pool, uuid } = spec.cdrom
    try {
      const copy = await context.pools.use(pool, () => driverOf(pool).template(context, pool, uuid))
      if (copy === undefined) refuse('template.absent', driverOf(pool).path(pool, uuid))
    } catch (error) {
      refuse(codeOf(error), seenOf(error))
    }
  }
  try {
    await requireListener(context.settings, context.runtime)
  } catch (error) {
    refuse(codeOf(error), seenOf(error))
  }
  try {
    for (const refusal of await hypervisorRefusals(context, spec)) refuse(...refusal)
  } catch (error) {
    refuse(codeOf(error), seenOf(error))
  }
  return found
}

/** The disk is there; or, where it comes along, there is room for it and no guest here has one of its name. */
async function requireDisk(context: HostContext, disk: DiskSpec, copy: DiskCopy | undefined): Promise<void> {
  if (copy === undefined) {
    await requireVolume(context, disk)
    return
  }
  await refuseUse(context, disk.pool, disk.volumeUuid)
  await requireSpace(context, disk.pool, copy.physicalBytes)
}

async function hypervisorRefusals(context: HostContext, spec: VmSpec): Promise<[Code, string][]> {
  const found: [Code, string][] = []
  const { kind } = await context.acceleration()
  const wanted = spec.details['alto.acceleration']
  if (wanted !== undefined && wanted !== kind) found.push(['vm.acceleration', `guest ${wanted}, host ${kind}`])
  const present = await context.libvirt.find(spec.instanceName)
  if (present !== undefined) found.push(['vm.present', `uuid ${present.uuid}`])
  await context.libvirt.use(async ({ host }) => {
    const known = machineTypes(parseXml(await host.getCapabilities()))
    if (spec.machineType !== undefined && !known.includes(spec.machineType)) {
      found.push(['vm.machine-type', `${spec.machineType}; known: ${known.slice(0, 6).join(', ')}`])
    }
    if (kind !== 'kvm' || spec.cpuXml === undefined || spec.cpuXml === '' || wanted === 'tcg') return
    const verdict = await host.compareHypervisorCpu(storedCpu(spec.cpuXml).text, {
      virtType: 'kvm',
      machine: spec.machineType ?? null,
    })
    if (verdict === 'incompatible') found.push(['vm.cpu', 'libvirt compares the CPU as incompatible'])
  })
  return found
}

function availableMemory(): number {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readText('/proc/meminfo') ?? '')?.[1]
  return kib === undefined ? freemem() : Number(kib) * 1024
}

function codeOf(error: unknown): Code {
  const code = error instanceof AgentCallError ? error.code : (error as Partial<AltoError>).code
  return code !== undefined && Object.hasOwn(agentErrors, code) ? (code as Code) : 'agent.bug'
}

function seenOf(error: unknown): string {
  return error instanceof AgentCallError ? (error.data.seen ?? error.message) : errorText(error)
}
