import { type CheckResult, checkResultOf, findCheck } from '@altostack/agent-api'
import { Bug } from '@altostack/core'
import type { ServerContext } from '../../context.ts'
import type { Row } from '../../db/database.ts'
import { runProgram } from '../../program/index.ts'
import { lastMoves } from '../host-list.repository.ts'
import { stateCause } from '../state-cause.ts'

type Verdict = Parameters<typeof checkResultOf>[1]

/** A verdict of the server under the name of its check. */
export function serverResult(name: string, verdict: Verdict): CheckResult {
  const check = findCheck(name)
  if (check === undefined) throw new Bug('a check that nobody declares', { name })
  return checkResultOf(check, verdict)
}

/** How long ago the host was heard of, and what its status says. */
export async function judgeHeartbeat(ctx: ServerContext, host: Row<'host'>): Promise<CheckResult> {
  const intervalMs = (await ctx.config.number('ping.interval')) * 1000
  const last = ctx.agents.load(host.id)?.at ?? host.last_ping
  const age = last === null ? undefined : ctx.runtime.now() - last
  const heard = age === undefined ? 'never heard of' : `heard of ${(age / 1000).toFixed(1)} s ago`
  if (host.status !== 'Up') {
    const move = (await lastMoves(ctx.db, [host.id])).get(host.id)
    const cause = move === undefined ? undefined : stateCause(host.status, move)
    return serverResult('heartbeat', {
      status: 'fail',
      seen: `${host.status}, ${heard}${cause === undefined ? '' : `: ${cause}`}`,
    })
  }
  // A connection that is young has not pinged yet.
  if (age !== undefined && age <= 2.5 * intervalMs)
    return serverResult('heartbeat', { status: 'ok', seen: `Up, ${heard}` })
  return serverResult('heartbeat', {
    status: 'warn',
    seen: `Up, but ${heard}; pings come every ${intervalMs / 1000} s`,
  })
}

/** One ping of the server to the host; undefined where no ping can be sent from here. */
export async function answersPing(ctx: ServerContext, address: string): Promise<boolean | undefined> {
  try {
    const end = await runProgram('ping', ['-n', '-q', '-c', '1', '-W', '2', address], {
      runtime: ctx.runtime,
      timeoutMs: 3000,
    })
    if (end.code === 0) return true
    return end.code === 1 ? false : undefined
  } catch {
    return undefined
  }
}

/** Whether anything of the host answers, and what that tells. */
export function judgeReachable(
  host: Row<'host'>,
  seen: { readonly agent: string | undefined; readonly ssh: string | undefined; readonly ping: boolean | undefined },
): CheckResult {
  const { agent, ssh, ping } = seen
  if (agent === undefined || ssh === undefined) {
    const by = [...(agent === undefined ? ['its agent'] : []), ...(ssh === undefined ? ['SSH'] : [])]
    return serverResult('reachable', {
      status: 'ok',
      seen: `${host.private_ip_address} answers by ${by.join(' and ')}`,
    })
  }
  if (ping === true) {
    const refused = /ECONNREFUSED/.test(ssh)
    const login = /Authentication failed/.test(ssh)
    if (login) {
      return serverResult('reachable', {
        status: 'warn',
        seen: `${host.private_ip_address} answers ping and SSH, which refuses the server's key`,
        fix: 'Put the output of `alto ssh-key` into authorized_keys of the host, then ask again: more can be seen then.',
      })
    }
    return serverResult('reachable', {
      status: 'fail',
      seen: `${host.private_ip_address} answers ping, but neither SSH (${ssh}) nor its agent`,
      fix: refused
        ? 'The kernel runs, sshd does not: start it at the console of the host.'
        : 'The kernel runs, its processes do not: look at the console of the host; it may hang on storage or memory.',
    })
  }
  return serverResult('reachable', {
    status: 'fail',
    seen: `${host.private_ip_address} answers nothing: ${ping === undefined ? 'ping could not be sent' : 'no ping'}; SSH: ${ssh}; agent: ${agent}`,
    fix: 'The host is off, or its cable, switch or address is gone: look at its power (console, BMC), its link and the switch port.',
  })
}
