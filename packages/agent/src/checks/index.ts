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

/**
 * Runs the named checks, or all. A check that throws has failed; one that takes longer than `limitMs` is answered as not
 * finished, so that a dead name server does not hold up whoever asks.
 */
export async function runChecks(
  context: HostContext,
  names: readonly string[],
  limitMs = 15_000,
): Promise<CheckResult[]> {
  const chosen = names.length === 0 ? checks : checks.filter((check) => names.includes(check.name))
  const over = new AbortController()
  const late = context.runtime.sleep(limitMs, over.signal)
  late.catch(() => {})
  try {
    return await Promise.all(
      chosen.map((check) =>
        Promise.race([
          check.run(context).catch((error: unknown) => failed(check.name, 'fail', errorText(error))),
          late.then(() => failed(check.name, 'warn', `not finished within ${limitMs} ms`)),
        ]),
      ),
    )
  } finally {
    over.abort(new Error('over'))
  }
}
