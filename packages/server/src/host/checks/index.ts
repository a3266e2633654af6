import { architectureCheck } from './architecture.ts'
import { bridgeCheck } from './bridge.ts'
import { clockCheck } from './clock.ts'
import { distributionCheck } from './distribution.ts'
import type { HostCheck } from './host-check.ts'
import { kvmCheck } from './kvm.ts'
import { libvirtdCheck } from './libvirtd.ts'
import { nameCheck } from './name.ts'
import { otherAgentCheck } from './other-agent.ts'
import { serverPortCheck } from './server-port.ts'
import { spaceCheck } from './space.ts'
import { virtualisationCheck } from './virtualisation.ts'

/** Every check of a host before it is changed, in the order in which they are run and reported. */
export const hostChecks: readonly HostCheck[] = [
  clockCheck,
  distributionCheck,
  architectureCheck,
  otherAgentCheck,
  nameCheck,
  virtualisationCheck,
  libvirtdCheck,
  bridgeCheck,
  serverPortCheck,
  spaceCheck,
  kvmCheck,
]
export type { CheckPlace, HostCheck } from './host-check.ts'
