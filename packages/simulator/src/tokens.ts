import { hostRefusal, rpcErrorCodes, type Tokens, type VmToken } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostDisk } from './host-disk.ts'

/** Epochs of this many runs are kept a host: far more than can still have a call under way. */
const runsKept = 2000

/** Throws when the caller may no longer act; otherwise keeps the run's epoch and the VM's generation. */
export function acceptTokens(disk: HostDisk, tokens: Tokens, vm: VmToken | undefined): void {
  const epoch = disk.runs.get(tokens.runId)
  if (epoch !== undefined && tokens.runEpoch < epoch) {
    throw stale(`epoch ${tokens.runEpoch} of run ${tokens.runId}; ${epoch} has acted here`)
  }
  const known = vm === undefined ? undefined : disk.vms.get(vm.instanceName)
  if (vm !== undefined && known?.uuid === vm.uuid && vm.generation < known.generation) {
    throw stale(`generation ${vm.generation} of ${vm.instanceName}; ${known.generation} has acted here`)
  }
  disk.runs.delete(tokens.runId)
  disk.runs.set(tokens.runId, Math.max(epoch ?? 0, tokens.runEpoch))
  if (disk.runs.size > runsKept) disk.runs.delete(disk.runs.keys().next().value as string)
  if (vm !== undefined) disk.vms.set(vm.instanceName, { uuid: vm.uuid, generation: vm.generation })
}

/** True while a server knows a higher incarnation than the host has acknowledged. */
export function isFenced(disk: HostDisk): boolean {
  return disk.heard > (disk.acknowledged ?? 0)
}

export function refuseFenced(disk: HostDisk): void {
  if (!isFenced(disk)) return
  throw hostRefusal(
    agentFailure('agent.fenced', 'The host was fenced: it may only report and end guests', {
      seen: `acknowledged incarnation ${disk.acknowledged ?? 0}`,
    }),
    rpcErrorCodes.fenced,
  )
}

/** Throws unless the host is in the life that the caller speaks of. */
export function acceptIncarnation(disk: HostDisk, asked: number): void {
  refuseFenced(disk)
  const acknowledged = disk.acknowledged ?? 0
  if (asked !== acknowledged) throw stale(`host incarnation ${asked}; the host has acknowledged ${acknowledged}`)
}

/** From a hello. A host that never had one takes the server's if the server counts it as acknowledged. */
export function heardIncarnation(disk: HostDisk, current: number, acknowledgedThere: number): void {
  if (disk.acknowledged === undefined && current === acknowledgedThere) disk.acknowledged = current
  disk.heard = Math.max(disk.heard, current)
}

export function knownGeneration(disk: HostDisk, instanceName: string, uuid: string): number | undefined {
  const known = disk.vms.get(instanceName)
  return known?.uuid === uuid ? known.generation : undefined
}

export function staleEpoch(asked: number, seen: number): Error {
  return stale(`epoch ${asked}; ${seen} has acted here`)
}

function stale(seen: string): Error {
  return hostRefusal(agentFailure('agent.stale-token', 'A newer caller has acted', { seen }), rpcErrorCodes.staleToken)
}
