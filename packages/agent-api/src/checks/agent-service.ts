import { complaint, defineCheck, fail, ok, warn } from './define-check.ts'

const properties = 'LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts'

/** `Key=value` lines of systemctl show. */
export function unitProperties(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=')
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    }),
  )
}

export const agentServiceCheck = defineCheck({
  name: 'agent-service',
  proves: 'The service altostack-agent (alias cloudstack-agent) runs and starts at boot.',
  code: 'check.agent-service',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'agent-service',
  args: ({ joined }) => (joined ? ['systemctl', 'show', 'altostack-agent.service', '-p', properties] : undefined),
  judge(end, { selfSeen }) {
    const of = unitProperties(end.stdout)
    const load = of.get('LoadState')
    if (load === undefined || load === 'not-found') {
      if (selfSeen) return ok('the agent runs, started by something else than systemd')
      return load === undefined
        ? fail(complaint(end))
        : fail('altostack-agent is not installed', 'Run addHost again: it installs the agent.')
    }
    const active = of.get('ActiveState') ?? 'unknown'
    const seen = `altostack-agent is ${active} (${of.get('SubState')}), ${of.get('UnitFileState') || 'without install section'}`
    if (load === 'masked' || of.get('UnitFileState') === 'masked') {
      return fail(
        `${seen}: somebody masked it`,
        'systemctl unmask altostack-agent; systemctl enable --now altostack-agent.',
      )
    }
    if (active !== 'active') {
      const result = of.get('Result')
      return fail(result === undefined || result === 'success' ? seen : `${seen}: ${result}`)
    }
    if (Number(of.get('NRestarts') ?? 0) > 5) {
      return warn(
        `${seen}; systemd has restarted it ${of.get('NRestarts')} times`,
        'tail /var/log/cloudstack/agent/agent.log says why it ends.',
      )
    }
    if (of.get('UnitFileState') === 'disabled') {
      return warn(`${seen}: it does not start at boot`, 'systemctl enable altostack-agent.')
    }
    return ok(seen)
  },
})
