import type { HostFacts } from '@altostack/agent-api'
import { compareVersions } from '@altostack/core'
import { readCpuDescription } from './cpu-description.ts'

export type Peer = { readonly name: string; readonly facts: HostFacts }
/** One way in which a host differs from a host of its cluster so that live migration between them can fail. */
export type Difference = {
  readonly what: 'libvirt' | 'QEMU' | 'CPU'
  readonly peer: string
  /** Of the host that joins. */
  readonly here: string
  /** Of the peer. */
  readonly there: string
}

/** Features told one by one in a text. */
const told = 12

/**
 * How a KVM host differs from the hosts that are in its cluster, the first differing host of each kind. Versions count to
 * the second number: libvirt and QEMU keep migration within it. CPUs count only where guests see them: emulated guests
 * all get the same.
 */
export function differencesOf(facts: HostFacts, peers: readonly Peer[]): readonly Difference[] {
  const found: Difference[] = []
  const compare = (what: Difference['what'], of: (facts: HostFacts, peer: HostFacts) => Pair | undefined): void => {
    for (const peer of peers) {
      const pair = of(facts, peer.facts)
      if (pair === undefined) continue
      found.push({ what, peer: peer.name, ...pair })
      return
    }
  }
  compare('libvirt', (one, other) => versions(one.hypervisor.libvirt, other.hypervisor.libvirt))
  compare('QEMU', (one, other) => versions(one.hypervisor.qemu, other.hypervisor.qemu))
  compare('CPU', cpus)
  return found
}

export function differenceText({ what, peer, here, there }: Difference): string {
  return `${what}: ${here}; ${peer} has ${there}`
}

type Pair = { readonly here: string; readonly there: string }

function versions(here: string, there: string): Pair | undefined {
  if (here === '' || there === '' || compareVersions(here, there) === 0) return undefined
  return { here, there }
}

function cpus(one: HostFacts, other: HostFacts): Pair | undefined {
  if (one.acceleration.kind !== 'kvm' || other.acceleration.kind !== 'kvm') return undefined
  const [a, b] = [readCpuDescription(one.hostCpuXml), readCpuDescription(other.hostCpuXml)]
  if (a === undefined || b === undefined) return undefined
  const more = [...a.features].filter((name) => !b.features.has(name)).sort()
  const less = [...b.features].filter((name) => !a.features.has(name)).sort()
  if (a.model === b.model && a.vendor === b.vendor && more.length === 0 && less.length === 0) return undefined
  return {
    here: `${a.vendor} ${a.model}${beyond(more)}`.trim(),
    there: `${b.vendor} ${b.model}${beyond(less)}`.trim(),
  }
}

function beyond(features: readonly string[]): string {
  if (features.length === 0) return ''
  const rest = features.length > told ? ` and ${features.length - told} more` : ''
  return ` with ${features.slice(0, told).join(', ')}${rest}`
}
