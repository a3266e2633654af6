import { type CheckResult, type CheckSubject, hostChecks, readOsRelease, runHostChecks } from '@altostack/agent-api'
import { AltoError, hostErrors, hostFailure, type Json, type Runtime } from '@altostack/core'
import { findPrivilege, type Privilege, rootExec } from './remote-root.ts'
import { connectSsh, type SshHost, type SshTarget } from './ssh/connect.ts'

export type InspectedHost = {
  readonly checks: readonly CheckResult[]
  readonly hostKey: string
  readonly privilege: Privilege
  /** Address of this server as the host sees it. */
  readonly ownAddress: string
  readonly machineId: string
  readonly hostname: string
  readonly distribution: string
  /** Version of altostack-agent that is installed; null: none. */
  readonly agentVersion: string | null
}

const joinChecks = hostChecks.filter(({ at }) => at.includes('join'))

/**
 * Looks at a host by SSH without changing it. `place` gets the address by which the host sees this server and says what the host is measured by. Throws when it
 * cannot be reached or logged in to; failed checks are in the answer.
 */
export async function inspectHost(
  runtime: Runtime,
  target: SshTarget,
  place: (ownAddress: string) => Promise<CheckSubject>,
  patience = 1,
): Promise<InspectedHost> {
  const ssh = await connectSsh(target, runtime)
  try {
    const privilege = await findPrivilege(ssh, target.username, target.password)
    const facts = await readFacts(ssh)
    const checks: CheckResult[] = [
      { name: 'reachable', status: 'ok', seen: `${target.address}:${target.port} speaks SSH` },
      { name: 'host-key', status: 'ok', seen: ssh.hostKey },
      { name: 'authentication', status: 'ok', seen: `logged in as ${target.username}` },
      { name: 'privilege', status: 'ok', seen: privilege },
      ...(await runHostChecks(joinChecks, await place(ssh.ownAddress), {
        run: rootExec(ssh, privilege, target.password),
        now: runtime.now,
        // sshd takes ten sessions on a connection by default.
        parallel: 6,
        patience,
      })),
    ]
    return { checks, hostKey: ssh.hostKey, privilege, ownAddress: ssh.ownAddress, ...facts }
  } finally {
    ssh.close()
  }
}

async function readFacts(
  ssh: SshHost,
): Promise<Pick<InspectedHost, 'machineId' | 'hostname' | 'distribution' | 'agentVersion'>> {
  const text = async (...args: string[]): Promise<string> => (await ssh.exec(args)).stdout.trim()
  const machineId = (await text('cat', '/etc/machine-id')).split('\n')[0] ?? ''
  if (!/^[0-9a-f]{32}$/.test(machineId)) {
    throw hostFailure('host.check-unreadable', 'The host has no machine id', {
      seen: `/etc/machine-id: ${machineId.slice(0, 100) || 'empty'}`,
      fix: 'Run systemd-machine-id-setup on the host.',
    })
  }
  const installed = await text('dpkg-query', '-W', '-f', '${db:Status-Status} ${Version}', 'altostack-agent')
  return {
    machineId,
    hostname: await text('hostname'),
    distribution: readOsRelease(await text('cat', '/etc/os-release')).get('NAME') ?? '',
    agentVersion: installed.startsWith('installed ') ? installed.slice('installed '.length) : null,
  }
}

/** The refusal that failed checks amount to, under the code of the first one; undefined when none failed. */
export function checksRefusal(address: string, checks: readonly CheckResult[]): AltoError | undefined {
  const failed = checks.filter((check) => check.status === 'fail')
  const [first] = failed
  if (first === undefined) return undefined
  const others = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`
  const message = `Host ${address} fails check ${first.name}: ${first.seen}${others}`
  return new AltoError(first.code ?? 'host.check', hostErrors['host.check'], message, {
    seen: failed.map((check) => `${check.name}: ${check.seen}`).join('; '),
    ...(first.fix === undefined ? {} : { fix: first.fix }),
    evidence: { checks: checks.map((check) => ({ ...check }) as Json) },
  })
}
