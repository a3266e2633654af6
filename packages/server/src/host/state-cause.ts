import type { LastMove } from './host-list.repository.ts'

/** What to do about each cause of a status other than Up. */
const fixes: Readonly<Record<string, string>> = {
  'agent.ping-timeout':
    'Look whether the host runs and answers ping; then systemctl status cloudstack-agent on it and port 8250 between them.',
  'agent.closed': 'It connects again by itself when it can; if not: systemctl status cloudstack-agent on the host.',
  'agent.stopped': 'Start the agent on the host: systemctl start cloudstack-agent.',
  'agent.waited-too-long': 'Start the agent on the host: systemctl start cloudstack-agent; look at its log.',
  'server.start': 'Wait: the agent connects to the new server by itself, within seconds.',
  'agent.hello': 'Wait: its storage is being attached; the server log says what it waits for.',
  'host.joining': 'Wait for the first connect of its agent; look at /var/log/cloudstack/agent/agent.log on the host.',
  'host.reconnect': 'Wait: the agent was asked to connect anew.',
}

/** One sentence: why the host is in this status. Undefined for Up. */
export function stateCause(status: string, move: LastMove): string | undefined {
  if (status === 'Up') return undefined
  const reason = reasonOf(move.evidence)
  return reason === undefined ? move.cause : `${reason} (${move.cause})`
}

export function stateFix(status: string, move: LastMove): string | undefined {
  if (status === 'Up') return undefined
  return fixes[move.cause] ?? 'See listEvidence of the host and the log of the server.'
}

function reasonOf(evidence: string | null): string | undefined {
  try {
    const { reason } = JSON.parse(evidence ?? '{}') as { readonly reason?: unknown }
    return typeof reason === 'string' ? reason : undefined
  } catch {
    return undefined
  }
}
