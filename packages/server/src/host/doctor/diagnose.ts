import { type CheckResult, type CheckSubject, findCheck, type HostCheck, hostChecks } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import type { ServerContext } from '../../context.ts'
import type { Row } from '../../db/database.ts'
import { patienceOf } from '../add-host.service.ts'
import { hostSubject } from '../check-subject.service.ts'
import { findHost } from '../host.repository.ts'
import { serverPublicKey } from '../ssh/server-key.ts'
import { agentWay, type HostChannel, sshLogin, sshWay } from './channel.ts'
import { answersPing, judgeHeartbeat, judgeReachable, serverResult } from './server-verdicts.ts'

export type SeenCheck = CheckResult & { readonly seenby: 'server' | 'agent' | 'ssh' }
export type Diagnosis = {
  readonly checks: readonly SeenCheck[]
  readonly tookMs: number
}

/** Whoever asks has an answer after this, whatever hangs; later of hosts that are known to be slow. */
const answerMs = 9000

/** What a look at a host works with. `close` ends the SSH connection. */
export type Look = {
  readonly subject: CheckSubject
  readonly agent: HostChannel | undefined
  readonly ssh: HostChannel | undefined
  readonly first: readonly SeenCheck[]
  readonly close: () => void
}

/** Opens the ways to a host side by side and judges what the server sees by itself. Never throws for the host's sake. */
export async function lookAt(ctx: ServerContext, host: Row<'host'>): Promise<Look> {
  const simulated = host.hypervisor_type === 'Simulator'
  const patience = await patienceOf(ctx, host.cluster_id === null ? {} : { clusterId: host.cluster_id })
  const [told, agent, ssh] = await Promise.all([
    hostSubject(ctx, host),
    agentWay(ctx, host, patience),
    simulated ? ({ why: 'a simulated host' } as const) : sshWay(ctx, host, patience),
  ])
  const subject = {
    ...told,
    ...(patience === 1 ? {} : { patience }),
    serverKey: await serverPublicKey(ctx),
    sshUser: (await sshLogin(ctx, host)).user,
  }
  const dead = { agent: 'why' in agent ? agent.why : undefined, ssh: 'why' in ssh ? ssh.why : undefined }
  const ping =
    dead.agent === undefined || dead.ssh === undefined ? undefined : await answersPing(ctx, host.private_ip_address)
  // Afterwards: a host that is being lost is older by now.
  const heartbeat = await judgeHeartbeat(ctx, (await findHost(ctx.db, host.id)) ?? host)
  const first: CheckResult[] = [judgeReachable(host, { ...dead, ping }), heartbeat]
  first.push(
    serverResult(
      'agent-link',
      'why' in agent
        ? { status: 'fail', seen: agent.why }
        : { status: 'ok', seen: `a call was answered after ${agent.more.ms} ms` },
    ),
  )
  if (!simulated) {
    const worse = dead.agent === undefined ? 'warn' : 'fail'
    first.push(
      serverResult('ssh', 'why' in ssh ? { status: worse, seen: ssh.why } : { status: 'ok', seen: ssh.more.seen }),
    )
  }
  const clock = findCheck('clock')
  if (!('why' in agent) && agent.more.clock !== undefined && clock?.judge !== undefined) {
    const end = { code: 0, stdout: String(agent.more.clock), stderr: '' }
    first.push(serverResult('clock', clock.judge(end, subject, agent.more)))
  }
  return {
    subject,
    agent: 'why' in agent ? undefined : agent.channel,
    ssh: 'why' in ssh ? undefined : ssh.channel,
    first: first.map((check) => ({ ...check, seenby: 'server' as const })),
    close: () => {
      if (!('why' in ssh)) ssh.more.close()
    },
  }
}

/** Every check of a host that can be made now (or those named), in the order of the table, within ten seconds of a host that is not known as slow. */
export async function diagnose(
  ctx: ServerContext,
  host: Row<'host'>,
  names: readonly string[],
  onProgress: (done: number, of: number) => void = () => {},
): Promise<Diagnosis> {
  const began = ctx.runtime.monotonic()
  const look = await lookAt(ctx, host)
  try {
    // What has gone by on a slow host is as little of its time as the rest is more.
    const gone = (ctx.runtime.monotonic() - began) / (look.subject.patience ?? 1)
    const checks = await diagnoseBy(ctx, look, names, answerMs - gone, onProgress)
    return { checks, tookMs: Math.round(ctx.runtime.monotonic() - began) }
  } finally {
    look.close()
  }
}

/** The same over ways that are open, within `leftMs` of a host that is not known as slow. */
export async function diagnoseBy(
  ctx: ServerContext,
  look: Look,
  names: readonly string[],
  leftMs: number,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<SeenCheck[]> {
  const wanted = (name: string): boolean => names.length === 0 || names.includes(name)
  const found = new Map<string, SeenCheck>(look.first.filter(({ name }) => wanted(name)).map((one) => [one.name, one]))
  const rest = hostChecks.filter(
    ({ name, at, seenBy }) => seenBy === 'host' && at.includes('doctor') && wanted(name) && !found.has(name),
  )
  const all = found.size + rest.length
  const take = (by: HostChannel['by']) => (result: CheckResult) => {
    found.set(result.name, { ...result, seenby: by })
    onProgress(found.size, all)
  }
  const ways = [look.agent, look.ssh].filter((way) => way !== undefined)
  const asked = askUntilAnswered(ctx, ways, rest, look.subject, take)
  const late = new AbortController()
  const timeout = ctx.runtime.sleep(Math.max(500, leftMs) * (look.subject.patience ?? 1), late.signal)
  timeout.catch(() => {})
  const over = await Promise.race([asked.then(() => false), timeout.then(() => true)])
  late.abort(new Error('over'))
  if (over) {
    for (const { name } of rest) {
      if (!found.has(name) && ways.length > 0) found.set(name, { ...unanswered(name), seenby: 'server' })
    }
  }
  return hostChecks.flatMap(({ name }) => found.get(name) ?? [])
}

/** By the first way that answers; an agent that dies under the questions leaves them to SSH. */
async function askUntilAnswered(
  ctx: ServerContext,
  ways: readonly HostChannel[],
  checks: readonly HostCheck[],
  subject: CheckSubject,
  take: (by: HostChannel['by']) => (result: CheckResult) => void,
): Promise<void> {
  if (checks.length === 0) return
  const names = checks.map(({ name }) => name)
  for (const way of ways) {
    try {
      await way.check(names, subject, take(way.by))
      return
    } catch (error) {
      ctx.log.info({ by: way.by, error: errorText(error) }, 'doctor: a way to the host failed under its questions')
    }
  }
}

function unanswered(name: string): CheckResult {
  return {
    name,
    status: 'warn',
    code: 'host.check-unreadable',
    seen: `no answer within ${answerMs / 1000} s`,
    fix: 'Look at the load of the host and ask again.',
  }
}
