import { agentServiceCheck } from './agent-service.ts'
import { agentSettingsCheck } from './agent-settings.ts'
import { architectureCheck } from './architecture.ts'
import { bridgeCheck } from './bridge.ts'
import { certificateCheck } from './certificate.ts'
import { clockCheck } from './clock.ts'
import { defaultNetworkCheck } from './default-network.ts'
import type { HostCheck } from './define-check.ts'
import { distributionCheck } from './distribution.ts'
import { fileModesCheck } from './file-modes.ts'
import { firewallCheck } from './firewall.ts'
import { guardCheck } from './guard.ts'
import { kvmCheck } from './kvm.ts'
import { libvirtVersionCheck } from './libvirt-version.ts'
import { libvirtdCheck } from './libvirtd.ts'
import { migrationPortCheck } from './migration-port.ts'
import { mtuCheck } from './mtu.ts'
import { nameCheck } from './name.ts'
import { kernelRpcCheck, nfsExportCheck, nfsPortCheck, nfsRpcCheck } from './nfs.ts'
import { otherAgentCheck } from './other-agent.ts'
import { mountCheck, rootWriteCheck, volumeGroupCheck } from './pools.ts'
import { publicAddressCheck } from './public-address.ts'
import { ringBuffersCheck } from './ring-buffers.ts'
import { runtimeCheck } from './runtime.ts'
import { selinuxCheck } from './selinux.ts'
import { serverPortCheck } from './server-port.ts'
import { agentLinkCheck, heartbeatCheck, reachableCheck, sshCheck } from './server-seen.ts'
import { servicesCheck } from './services.ts'
import { spaceCheck } from './space.ts'
import { uplinkCheck } from './uplink.ts'
import { virtualisationCheck } from './virtualisation.ts'

/**
 * Every named check of a host, in the order in which they are reported: what explains the most comes first. addHost (also
 * under dryrun), the agent and `alto doctor` take theirs from here.
 */
export const hostChecks: readonly HostCheck[] = [
  reachableCheck,
  heartbeatCheck,
  agentLinkCheck,
  sshCheck,
  clockCheck,
  distributionCheck,
  architectureCheck,
  otherAgentCheck,
  agentServiceCheck,
  runtimeCheck,
  agentSettingsCheck,
  certificateCheck,
  nameCheck,
  virtualisationCheck,
  libvirtdCheck,
  libvirtVersionCheck,
  migrationPortCheck,
  bridgeCheck,
  uplinkCheck,
  serverPortCheck,
  mtuCheck,
  firewallCheck,
  guardCheck,
  publicAddressCheck,
  defaultNetworkCheck,
  spaceCheck,
  fileModesCheck,
  mountCheck,
  rootWriteCheck,
  volumeGroupCheck,
  nfsPortCheck,
  nfsRpcCheck,
  nfsExportCheck,
  kernelRpcCheck,
  selinuxCheck,
  ringBuffersCheck,
  servicesCheck,
  kvmCheck,
]

export function findCheck(name: string): HostCheck | undefined {
  return hostChecks.find((check) => check.name === name)
}

export { collectParts } from './bundle-parts.ts'
export * from './check-subject.ts'
export { clockSkew } from './clock.ts'
export type { HostCheck, ProgramEnd, SeenBy, Times, Verdict } from './define-check.ts'
export { distributionsMix, readOsRelease, supportedDistributions } from './distribution.ts'
export { guardedPorts, guardRules, guardTable, unguardRules } from './guard.ts'
export { redact } from './redact.ts'
export * from './repairs.ts'
export * from './run-checks.ts'
export { unneededServices } from './services.ts'
