import type { DomainReport } from '@altostack/agent-api'

/** What the database says of a VM that a host reports, or should report. */
export type KnownVm = {
  readonly id: number
  readonly uuid: string
  readonly instanceName: string
  readonly state: string
  readonly removed: boolean
  readonly hostId: number | null
  readonly generation: number
  /** A run holds the VM: whatever is seen is that run's own matter. */
  readonly busy: boolean
}

/** One thing to do about what was seen. Each is verified with the host again before it is done. */
export type PowerAction =
  /** The guest runs here and the row says otherwise: follow it. */
  | { readonly kind: 'follow-on'; readonly vmId: number; readonly seen: string }
  /** The row says that it runs here and it does not: follow that. */
  | { readonly kind: 'follow-off'; readonly vmId: number; readonly seen: string }
  /** A copy that must not run: an older generation, or of a VM that is destroyed. */
  | { readonly kind: 'end-copy'; readonly vmId: number; readonly seen: string }
  /** The guest runs here while the row says another host: ask that one before anything is believed. */
  | { readonly kind: 'two-hosts'; readonly vmId: number; readonly otherHostId: number; readonly seen: string }
  /** A guest of ours that no row knows: never ended, somebody must look. */
  | { readonly kind: 'unknown-guest'; readonly instanceName: string; readonly seen: string }

export type PowerObservation = {
  readonly hostId: number
  readonly domains: readonly DomainReport[]
  /** True: these are all domains of the host; a VM that is not among them is not there. */
  readonly complete: boolean
}

const gone = new Set(['Destroyed', 'Expunging', 'Expunged', 'Error'])
const onHost = new Set(['Running', 'Starting', 'Stopping', 'Migrating'])

/** Compares a host's report with the rows. Pure; busy VMs and guests that are not ours are left alone. */
export function planPower(observed: PowerObservation, vms: readonly KnownVm[]): readonly PowerAction[] {
  const actions: PowerAction[] = []
  const byName = new Map(vms.map((vm) => [vm.instanceName, vm]))
  const reported = new Set<string>()
  for (const domain of observed.domains) {
    reported.add(domain.instanceName)
    const vm = byName.get(domain.instanceName)
    if (vm === undefined || vm.uuid !== domain.uuid) {
      if (domain.generation > 0 && domain.power === 'PowerOn') {
        actions.push({
          kind: 'unknown-guest',
          instanceName: domain.instanceName,
          seen: `${domain.instanceName} (${domain.uuid}) runs with generation ${domain.generation} and no row names it`,
        })
      }
      continue
    }
    const action = vm.busy ? undefined : judge(observed.hostId, domain, vm)
    if (action !== undefined) actions.push(action)
  }
  if (!observed.complete) return actions
  for (const vm of vms) {
    if (vm.busy || vm.removed || vm.hostId !== observed.hostId || !onHost.has(vm.state)) continue
    if (reported.has(vm.instanceName)) continue
    actions.push({ kind: 'follow-off', vmId: vm.id, seen: 'the host does not report the guest' })
  }
  return actions
}

function judge(hostId: number, domain: DomainReport, vm: KnownVm): PowerAction | undefined {
  const here = vm.hostId === hostId
  if (domain.power === 'PowerUnknown' || domain.migrating !== 'none') return undefined
  if (domain.power === 'PowerOff') {
    if (!here || vm.removed || !onHost.has(vm.state)) return undefined
    return { kind: 'follow-off', vmId: vm.id, seen: `the guest is ${domain.state} (${domain.reason})` }
  }
  const seen = `the guest runs with generation ${domain.generation}, the row has ${vm.generation} and ${vm.state}`
  if (vm.removed || gone.has(vm.state)) return { kind: 'end-copy', vmId: vm.id, seen }
  if (here) return vm.state === 'Running' ? undefined : { kind: 'follow-on', vmId: vm.id, seen }
  // A host that lost its state says 0 of a guest it did start; an older number is a copy that was left behind.
  if (domain.generation > 0 && domain.generation < vm.generation) return { kind: 'end-copy', vmId: vm.id, seen }
  if (vm.hostId !== null && onHost.has(vm.state)) {
    return { kind: 'two-hosts', vmId: vm.id, otherHostId: vm.hostId, seen }
  }
  return { kind: 'follow-on', vmId: vm.id, seen }
}
