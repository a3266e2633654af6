import type { DomainReport } from '@altostack/agent-api'
import type { Domain } from './domain.ts'
import type { HostDisk } from './host-disk.ts'
import type { Hypervisor } from './hypervisor.ts'
import { knownGeneration } from './tokens.ts'

/** One guest as servers hear of it. */
export function domainReport(disk: HostDisk, domain: Domain): DomainReport {
  return {
    instanceName: domain.instanceName,
    uuid: domain.uuid,
    power: 'PowerOn',
    state: domain.state,
    reason: domain.reason,
    // A guest that is not ours has no generation, whatever its name.
    generation:
      domain.generation === 0 ? 0 : (knownGeneration(disk, domain.instanceName, domain.uuid) ?? domain.generation),
    migrating: domain.migrating,
  }
}

export function domainReports(disk: HostDisk, hypervisor: Hypervisor): DomainReport[] {
  return [...hypervisor.domains.values()].map((domain) => domainReport(disk, domain))
}

/** The report of a guest that has ended. */
export function goneReport(disk: HostDisk, domain: Domain, reason: string): DomainReport {
  return {
    instanceName: domain.instanceName,
    uuid: domain.uuid,
    power: 'PowerOff',
    state: 'shutoff',
    reason,
    generation: knownGeneration(disk, domain.instanceName, domain.uuid) ?? 0,
    migrating: 'none',
  }
}
