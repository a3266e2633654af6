import { distributionsMix, type HostFacts } from '@altostack/agent-api'
import { type AltoError, agentFailure, hostFailure } from '@altostack/core'
import type { Row } from '../db/database.ts'
import { differencesOf, differenceText, type Peer } from './homogeneity.ts'
import type { Capacity } from './host.repository.ts'

/** Columns of table host that are what the host says of itself. */
export function factColumns(facts: HostFacts, agentVersion: string): Partial<Row<'host'>> {
  return {
    private_ip_address: facts.address,
    migration_ip_address: facts.migrationAddress,
    hypervisor_version: facts.hypervisor.qemu,
    cpu_sockets: facts.cpu.sockets,
    cpus: facts.cpu.cores,
    speed: facts.cpu.mhz,
    ram: facts.memoryBytes,
    version: agentVersion,
    capabilities: 'hvm,snapshot',
    arch: facts.architecture,
    machine_id: facts.machineId,
    facts: JSON.stringify(facts),
  }
}

/** Rows of host_details under CloudStack's names, and our own under `alto.`. */
export function factDetails(facts: HostFacts): Readonly<Record<string, string>> {
  return {
    'Host.OS': facts.os.name,
    'Host.OS.Version': facts.os.version,
    'Host.OS.Kernel.Version': facts.os.kernel,
    secured: 'true',
    'alto.acceleration': facts.acceleration.kind,
    'alto.acceleration.reason': facts.acceleration.reason,
    'alto.libvirt.version': facts.hypervisor.libvirt,
    ...(facts.connectionTracking === undefined ? {} : { 'alto.connection.tracking': facts.connectionTracking }),
  }
}

/** What may be promised of a host: MHz, bytes, cores. The agent has already kept back its own reserve. */
export function factCapacity(facts: HostFacts): Capacity {
  return {
    cpu_total: facts.cpu.cores * facts.cpu.mhz,
    memory_total: facts.memoryBytes,
    cores_total: facts.cpu.cores,
  }
}

export type ClusterRules = {
  readonly name: string
  readonly hypervisorType: string
  readonly arch: string
  /** Distribution names of its other hosts. */
  readonly distributions: readonly string[]
  readonly emulationAllowed: boolean
  /** Its other hosts; for rules about versions and CPUs. */
  readonly peers: readonly Peer[]
  /** Hosts that break live migration within the cluster may join it all the same. */
  readonly mixedAllowed: boolean
  /** An upgrade window is declared and open: versions may differ. */
  readonly upgrading: boolean
}

/** Why a host may not belong to a cluster; undefined when it may. Checked when it joins, never for one that is in. */
export function clusterRefusal(facts: HostFacts, cluster: ClusterRules): AltoError | undefined {
  if (facts.hypervisor.kind.toLowerCase() !== cluster.hypervisorType.toLowerCase()) {
    return hostFailure('host.hypervisor', `Cluster ${cluster.name} holds ${cluster.hypervisorType} hosts`, {
      seen: `the host is a ${facts.hypervisor.kind} host`,
    })
  }
  if (facts.architecture !== cluster.arch) {
    return hostFailure('host.architecture', `Cluster ${cluster.name} holds ${cluster.arch} hosts`, {
      seen: `the host is ${facts.architecture}`,
    })
  }
  const other = cluster.distributions.find((name) => !distributionsMix(name, facts.os.name))
  if (other !== undefined) {
    return hostFailure('host.distribution-mixed', `Cluster ${cluster.name} has hosts that run ${other}`, {
      seen: `the host runs ${facts.os.name}`,
    })
  }
  if (facts.hypervisor.kind === 'KVM' && facts.acceleration.kind !== 'kvm' && !cluster.emulationAllowed) {
    return agentFailure('check.kvm', 'This machine does not have KVM enabled: it could only emulate guests', {
      seen: facts.acceleration.reason,
    })
  }
  return mixedRefusal(facts, cluster)
}

/** A host between which and its cluster live migration would fail, with every difference named. */
function mixedRefusal(facts: HostFacts, cluster: ClusterRules): AltoError | undefined {
  if (facts.hypervisor.kind !== 'KVM' || cluster.mixedAllowed) return undefined
  const found = differencesOf(facts, cluster.peers).filter(({ what }) => what === 'CPU' || !cluster.upgrading)
  if (found.length === 0) return undefined
  const text = found.map(differenceText).join('; ')
  return hostFailure('host.mixed', `The host differs from those of cluster ${cluster.name}: ${text}`, {
    seen: text,
    evidence: { differences: found.map((one) => ({ ...one })) },
  })
}
