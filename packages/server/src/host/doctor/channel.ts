import {
  actRepair,
  type CheckResult,
  type CheckSubject,
  collectParts,
  type HostRepair,
  hostChecks,
  planRepair,
  type RepairPlan,
  type RunProgram,
  runHostChecks,
} from '@altostack/agent-api'
import { type AltoError, errorText } from '@altostack/core'
import type { ServerContext } from '../../context.ts'
import type { Queries, Row } from '../../db/database.ts'
import { hostDetailNames } from '../check-subject.service.ts'
import { hostDetails } from '../diagnosis.repository.ts'
import { findPrivilege, rootExec } from '../remote-root.ts'
import { connectSsh, type SshHost } from '../ssh/connect.ts'
import { knownHostKey } from '../ssh/known-hosts.ts'
import { serverKey } from '../ssh/server-key.ts'

/** A way to have programs of the tables run on a host. */
export type HostChannel = {
  readonly by: 'agent' | 'ssh'
  readonly check: (
    names: readonly string[],
    subject: CheckSubject,
    onResult: (result: CheckResult) => void,
  ) => Promise<CheckResult[]>
  readonly collect: (subject: CheckSubject) => Promise<{ name: string; content: string }[]>
  readonly plan: (repair: HostRepair, subject: CheckSubject) => Promise<RepairPlan>
  readonly act: (repair: HostRepair, act: 'apply' | 'restore', state: string, subject: CheckSubject) => Promise<void>
}

/** A channel, or why there is none. */
export type Way<M = unknown> = { readonly channel: HostChannel; readonly more: M } | { readonly why: string }

const linkMs = 2500
const sshMs = 3500
/** Longest for one check; all of them run side by side. */
const checkMs = 4500

/** Checks that touch storage. */
const ofStorage: readonly string[] = [
  'mount',
  'root-write',
  'volume-group',
  'nfs-port',
  'nfs-rpc',
  'nfs-export',
  'space',
]

/** By the agent: first a call that does nothing but prove the link, both ways. */
export async function agentWay(
  ctx: ServerContext,
  host: Row<'host'>,
  patience = 1,
): Promise<
  Way<{ readonly ms: number; readonly clock: number | undefined; readonly sent: number; readonly answered: number }>
> {
  if (!ctx.agents.isConnected(host.id)) return { why: 'the agent is not connected' }
  const sent = ctx.runtime.now()
  const began = ctx.runtime.monotonic()
  const deadlineMs = linkMs * patience
  try {
    const { clock } = await ctx.agents.call(host.id, 'host.check', { names: ['none'] }, { deadlineMs })
    const answered = ctx.runtime.now()
    const ms = Math.round(ctx.runtime.monotonic() - began)
    return { channel: byAgent(ctx, host.id), more: { ms, clock, sent, answered } }
  } catch (error) {
    return { why: `connected, but a call got no answer within ${deadlineMs / 1000} s (${errorText(error)})` }
  }
}

function byAgent(ctx: ServerContext, hostId: number): HostChannel {
  return {
    by: 'agent',
    async check(names, subject, onResult) {
      const ask = async (some: readonly string[]): Promise<CheckResult[]> => {
        if (some.length === 0) return []
        const { checks } = await ctx.agents.call(
          hostId,
          'host.check',
          { names: [...some], subject },
          { deadlineMs: (checkMs + 2000) * (subject.patience ?? 1) },
        )
        for (const result of checks) onResult(result)
        return checks
      }
      // An answer comes when its last check has ended: a storage that hangs must not keep back what is known of the rest.
      const [rest, storage] = [false, true].map((of) => names.filter((name) => ofStorage.includes(name) === of))
      return (await Promise.all([ask(storage ?? []), ask(rest ?? [])])).flat()
    },
    async collect(subject) {
      return (await ctx.agents.call(hostId, 'host.collect', { subject })).parts
    },
    async plan({ name }, subject) {
      const { state, changes } = await ctx.agents.call(hostId, 'host.repair', { name, act: 'plan', state: '', subject })
      return { name, state, changes }
    },
    async act({ name }, act, state, subject) {
      await ctx.agents.call(hostId, 'host.repair', { name, act, state, subject })
    },
  }
}

/** By SSH with the server's own key. The caller closes it. */
export async function sshWay(
  ctx: ServerContext,
  host: Row<'host'>,
  patience = 1,
): Promise<Way<{ readonly close: () => void; readonly seen: string }>> {
  let ssh: SshHost | undefined
  try {
    const { user, port } = await sshLogin(ctx, host)
    const expectedKey = await knownHostKey(ctx, host.private_ip_address, port)
    ssh = await connectSsh(
      {
        address: host.private_ip_address,
        port,
        username: user,
        privateKey: (await serverKey(ctx)).privateKey,
        connectMs: sshMs * patience,
        ...(expectedKey === undefined ? {} : { expectedKey }),
      },
      ctx.runtime,
    )
    const { ownAddress, close } = ssh
    const privilege = await findPrivilege(ssh, user, undefined)
    const run = rootExec(ssh, privilege, undefined)
    return {
      channel: bySsh(ctx, run),
      more: { close, seen: `logged in as ${user} by key; the host sees this server as ${ownAddress}` },
    }
  } catch (error) {
    ssh?.close()
    const { seen } = error as Partial<AltoError>
    return { why: seen === undefined ? errorText(error) : `${errorText(error)}: ${seen}` }
  }
}

function bySsh(ctx: ServerContext, run: RunProgram): HostChannel {
  return {
    by: 'ssh',
    check: (names, subject, onResult) =>
      runHostChecks(
        hostChecks.filter(({ name }) => names.includes(name)),
        subject,
        // sshd takes ten sessions on a connection by default.
        {
          ...{ run, now: ctx.runtime.now, parallel: 8, onResult },
          limitMs: checkMs * (subject.patience ?? 1),
          patience: subject.patience ?? 1,
        },
      ),
    collect: (subject) => collectParts(subject, run),
    plan: (repair, subject) => planRepair(repair, subject, run),
    act: (repair, act, state, subject) => actRepair(repair, act, state, subject, run),
  }
}

/** Who logs in where: as the host was added, else root on port 22. */
export async function sshLogin(
  ctx: ServerContext,
  host: Row<'host'>,
  db: Queries = ctx.db,
): Promise<{ user: string; port: number }> {
  const details = await hostDetails(db, host.id)
  const scope = host.cluster_id === null ? {} : { clusterId: host.cluster_id }
  return {
    user: details.get(hostDetailNames.sshUser) ?? 'root',
    port: Number(
      details.get(hostDetailNames.sshPort) ?? (await ctx.config.number('kvm.host.discovery.ssh.port', scope, db)),
    ),
  }
}
