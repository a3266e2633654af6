import type { CheckResult } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { bridgeCheck } from './bridge.ts'
import { type Check, failed } from './check.ts'
import { kvmCheck } from './kvm.ts'
import { libvirtdCheck } from './libvirtd.ts'
import { nameCheck } from './name.ts'
import { serverPortCheck } from './server-port.ts'
import { spaceCheck } from './space.ts'
import { virtualisationCheck } from './virtualisation.ts'

export const checks: readonly Check[] = [
  virtualisationCheck,
  kvmCheck,
  libvirtdCheck,
  nameCheck,
  bridgeCheck,
  spaceCheck,
  serverPortCheck,
]

/** Runs the named checks, or all. A check that throws has failed. */
export async function runChecks(context: HostContext, names: readonly string[]): Promise<CheckResult[]> {
  const chosen = names.length === 0 ? checks : checks.filter((check) => names.includes(check.name))
  return await Promise.all(
    chosen.map((check) => check.run(context).catch((error: unknown) => failed(check.name, 'fail', errorText(error)))),
  )
}
