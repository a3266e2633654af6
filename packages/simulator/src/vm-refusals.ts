import {
  AgentCallError,
  type DiskCopy,
  hostRefusal,
  type IsoRef,
  neededUnderlay,
  type Result,
  type VmSpec,
} from '@altostack/agent-api'
import { agentErrors, agentFailure } from '@altostack/core'
import type { HostContext } from './host-context.ts'
import { machineTypes } from './host-profile.ts'
import { spaceOf, volumePath } from './storage.ts'

export type Refusal = Result<'vm.migration.check'>['refusals'][number]
type Code = keyof typeof agentErrors

/** What this host lacks for the guest, each by name. Changes nothing. */
export function guestRefusals(
  { profile, world }: HostContext,
  spec: VmSpec,
  copies: readonly DiskCopy[] = [],
): Refusal[] {
  const found: Refusal[] = []
  const refuse = (code: Code, seen: string): void => void found.push({ code, seen, fix: agentErrors[code].fix })
  if (spec.architecture !== profile.architecture) {
    refuse('vm.architecture', `guest ${spec.architecture}, host ${profile.architecture}`)
  }
  found.push(...nicRefusals({ profile }, spec.nics))
  for (const { pool, volumeUuid } of spec.disks) {
    const directory = world.storage.directory(pool, profile.name)
    try {
      const { availableBytes } = spaceOf(pool, directory)
      const copy = copies.find((one) => one.volumeUuid === volumeUuid)
      if (copy !== undefined) {
        if (availableBytes >= copy.physicalBytes) continue
        refuse('pool.full', `${availableBytes} bytes free, about ${copy.physicalBytes} needed`)
      } else if (!directory.files.has(volumeUuid)) refuse('volume.absent', volumePath(pool, volumeUuid))
    } catch (error) {
      if (!(error instanceof AgentCallError)) throw error
      refuse(error.code as Code, error.data.seen ?? error.message)
    }
  }
  if (spec.cdrom !== undefined) {
    try {
      requireIso({ world, profile }, spec.cdrom)
    } catch (error) {
      if (!(error instanceof AgentCallError)) throw error
      refuse(error.code as Code, error.data.seen ?? error.message)
    }
  }
  if (spec.machineType !== undefined && !(machineTypes as readonly string[]).includes(spec.machineType)) {
    refuse('vm.machine-type', `${spec.machineType}; known: ${machineTypes.join(', ')}`)
  }
  return found
}

/** Refuses an ISO without a copy on its pool. */
export function requireIso({ world, profile }: Pick<HostContext, 'world' | 'profile'>, { pool, uuid }: IsoRef): void {
  const directory = world.storage.directory(pool, profile.name)
  spaceOf(pool, directory)
  const file = directory.files.get(uuid)
  if (file?.kind === 'template' && file.format === 'raw') return
  throw hostRefusal(
    agentFailure('template.absent', 'The ISO has no copy on the pool', { seen: volumePath(pool, uuid) }),
  )
}

/** Bridges that are not there, and packets that are too large for those that are. */
export function nicRefusals({ profile }: Pick<HostContext, 'profile'>, nics: VmSpec['nics']): Refusal[] {
  const found: Refusal[] = []
  for (const bridge of new Set(nics.map((nic) => nic.bridge))) {
    if (profile.bridges === undefined || profile.bridges.includes(bridge)) continue
    found.push({ code: 'network.bridge', seen: `no bridge ${bridge}`, fix: agentErrors['network.bridge'].fix })
  }
  for (const { bridge, mtu, segment } of nics) {
    if (mtu === undefined || neededUnderlay(mtu, segment) <= profile.mtu) continue
    const seen = `mtu of ${bridge} is ${profile.mtu}, needed ${neededUnderlay(mtu, segment)}`
    found.push({ code: 'network.mtu', seen, fix: agentErrors['network.mtu'].fix })
  }
  return found
}

/** What would refuse the guest as an incoming migration: the same, and memory and its name. */
export function migrationRefusals(context: HostContext, spec: VmSpec, copies: readonly DiskCopy[] = []): Refusal[] {
  const found = guestRefusals(context, spec, copies)
  const refuse = (code: Code, seen: string): void => void found.push({ code, seen, fix: agentErrors[code].fix })
  const free = freeMemory(context)
  if (free < spec.memoryBytes) refuse('vm.memory', `${free} bytes available, ${spec.memoryBytes} needed`)
  const present = context.hypervisor.domains.get(spec.instanceName)
  if (present !== undefined) refuse('vm.present', `uuid ${present.uuid}`)
  return found
}

export function freeMemory({ hypervisor, profile }: Pick<HostContext, 'hypervisor' | 'profile'>): number {
  let used = 0
  for (const domain of hypervisor.domains.values()) used += domain.spec.memoryBytes
  return Math.max(0, profile.memoryBytes - used)
}

export function refusalError({ code, seen, fix }: Refusal): Error {
  return hostRefusal(
    agentFailure(code as Code, `The host cannot run the guest: ${agentErrors[code as Code].cause}`, { seen, fix }),
  )
}
