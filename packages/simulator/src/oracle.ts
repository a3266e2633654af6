import type { Runtime } from '@altostack/core'
import type { Domain } from './domain.ts'
import type { Violation } from './violation.ts'

type Claim = { readonly kind: Violation['kind']; readonly subject: string }

/** Watches every host of the process at once and records what must never happen. It never prevents anything. */
export type Oracle = {
  /** The guest runs from now on: its disks are open for writing, its addresses in use. */
  readonly runs: (domain: Domain) => void
  /** It runs no more: ended, or paused at the hand-over of a migration. */
  readonly rests: (domain: Domain) => void
  readonly removed: (diskKey: string, by: string) => void
  readonly violations: () => readonly Violation[]
}

export function createOracle(runtime: Runtime): Oracle {
  const holders = new Map<string, Set<Domain>>()
  const found: Violation[] = []

  function record(kind: Violation['kind'], subject: string, seen: string): void {
    found.push({ kind, at: runtime.now(), subject, seen })
  }

  return {
    runs(domain) {
      for (const { kind, subject } of claimsOf(domain)) {
        const name = `${kind} ${subject}`
        const held = holders.get(name) ?? new Set()
        if (!held.has(domain) && held.size > 0) {
          record(kind, subject, `${[...held].map(nameOf).join(', ')}; then ${nameOf(domain)}`)
        }
        holders.set(name, held.add(domain))
      }
    },
    rests(domain) {
      for (const { kind, subject } of claimsOf(domain)) {
        const name = `${kind} ${subject}`
        const held = holders.get(name)
        if (held?.delete(domain) && held.size === 0) holders.delete(name)
      }
    },
    removed(diskKey, by) {
      for (const domain of holders.get(`two-writers ${diskKey}`) ?? []) {
        record('removed-in-use', diskKey, `${nameOf(domain)}; removed by ${by}`)
      }
    },
    violations: () => found,
  }
}

function claimsOf(domain: Domain): Claim[] {
  const addresses = domain.spec.nics.flatMap((nic): Claim[] =>
    nic.dhcp === undefined ? [] : [{ kind: 'address-twice', subject: `${nic.dhcp.networkUuid}/${nic.dhcp.address}` }],
  )
  return [
    { kind: 'vm-twice', subject: domain.uuid },
    ...domain.diskKeys.map((subject): Claim => ({ kind: 'two-writers', subject })),
    ...domain.spec.nics.map((nic): Claim => ({ kind: 'mac-twice', subject: nic.mac })),
    ...addresses,
  ]
}

function nameOf(domain: Domain): string {
  return `${domain.instanceName} generation ${domain.generation} on ${domain.hostName}`
}
