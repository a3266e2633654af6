import {
  type CheckResult,
  type CheckSubject,
  checkResultOf,
  type HostCheck,
  hostChecks,
  hostRefusal,
  type RunProgram,
  runHostChecks,
} from '@altostack/agent-api'
import { type AltoError, agentFailure, errorText } from '@altostack/core'
import { splitVersion } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { ownSubject } from './own-subject.ts'

/** At each connect: what tells the server at once that this host cannot work. The rest is asked for by doctor. */
const atHello = ['virtualisation', 'kvm', 'libvirtd', 'name', 'bridge', 'space', 'server-port']

export type CheckOptions = {
  readonly subject?: CheckSubject | undefined
  /** Longest for one check; 5 s unless said. */
  readonly limitMs?: number
}

/**
 * Runs the named checks, or those of a hello. A check that takes longer than the limit is answered as not finished, so
 * that a dead name server does not hold up whoever asks.
 */
export async function runChecks(
  context: HostContext,
  names: readonly string[],
  options: CheckOptions = {},
): Promise<CheckResult[]> {
  const chosen = names.length === 0 ? atHello : names
  const checks = hostChecks.filter((check) => check.seenBy === 'host' && chosen.includes(check.name))
  const byProgram = checks.filter((check) => !Object.hasOwn(ownLooks, check.name))
  const bySelf = checks.filter((check) => Object.hasOwn(ownLooks, check.name))
  const [seen, looked] = await Promise.all([
    runHostChecks(byProgram, ownSubject(context, options.subject), {
      run: programs(context),
      now: context.runtime.now,
      parallel: 6,
      limitMs: (options.limitMs ?? 5000) * (options.subject?.patience ?? 1),
      patience: options.subject?.patience ?? 1,
    }),
    Promise.all(
      bySelf.map(async (check) => {
        try {
          return await ownLooks[check.name as keyof typeof ownLooks](context, check)
        } catch (error) {
          return checkResultOf(check, { status: 'fail', seen: errorText(error) })
        }
      }),
    ),
  ])
  const all = new Map([...seen, ...looked].map((result) => [result.name, result]))
  return checks.flatMap((check) => all.get(check.name) ?? [])
}

/** Programs of this host, by argument list; one that cannot be started ends with 126 or 127, as a shell says it. */
export function programs(context: HostContext): RunProgram {
  const accept = [...Array(256).keys()]
  return async ([program = '', ...args], { timeoutMs, input }) => {
    const { runtime } = context
    try {
      const text = input === undefined ? {} : { input: Buffer.from(input).toString('utf8') }
      return await run(program, args, { runtime, timeoutMs, accept, ...text })
    } catch (error) {
      if (!errorText(error).includes('cannot be started')) throw error
      const { seen = '' } = error as Partial<AltoError>
      return { code: seen.includes('ENOENT') ? 127 : 126, stdout: '', stderr: `${errorText(error)}: ${seen}` }
    }
  }
}

/** What the agent knows better than a program: it holds the connection to libvirt, and has made its trial. */
const ownLooks = {
  async kvm(context: HostContext, check: HostCheck): Promise<CheckResult> {
    const { kind, reason } = await context.acceleration()
    // Emulation is slow, not broken: whether it is allowed is the cluster's setting.
    return checkResultOf(check, { status: kind === 'kvm' ? 'ok' : 'warn', seen: reason })
  },
  async libvirtd({ libvirt }: HostContext, check: HostCheck): Promise<CheckResult> {
    if (!libvirt.up()) return checkResultOf(check, { status: 'fail', seen: libvirt.seen() })
    const version = await libvirt.use((client) => client.host.getLibVersion({ timeoutMs: 4000 })).catch(errorText)
    if (typeof version === 'string') return checkResultOf(check, { status: 'fail', seen: version })
    return checkResultOf(check, {
      status: 'ok',
      seen: `libvirt ${splitVersion(version).join('.')} at ${libvirt.uri}`,
    })
  },
}

/** A check that nobody declares. */
export function refuseUnknown(names: readonly string[]): void {
  const strange = names.find((name) => name !== 'none' && !hostChecks.some((check) => check.name === name))
  if (strange === undefined) return
  throw hostRefusal(
    agentFailure('agent.params', `There is no check ${strange}`, {
      seen: `checks are ${hostChecks.map(({ name }) => name).join(', ')}`,
    }),
  )
}
