import { defineCheck, fail, ok, warn } from './define-check.ts'

export const agentSettingsCheck = defineCheck({
  name: 'agent-settings',
  proves: 'agent.properties names the management servers, this host and its bridge.',
  code: 'check.agent-settings',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'agent-settings',
  args: ({ joined, files }) =>
    joined ? ['grep', '-E', '^ *(host|guid|private\\.network\\.device) *=', files.config] : undefined,
  judge(end, subject) {
    if (end.code > 1)
      return fail(
        `${subject.files.config}: ${end.stderr.trim() || 'cannot be read'}`,
        'Run addHost again: it writes the file.',
      )
    const of = new Map(
      end.stdout.split('\n').flatMap((line): [string, string][] => {
        const at = line.indexOf('=')
        return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]]
      }),
    )
    const listed = (of.get('host') ?? '').split(',').map((name) => name.trim().replace(/@.*$/, '').replace(/:\d+$/, ''))
    if ((of.get('host') ?? '') === '') return fail('no host= in agent.properties: the agent knows no management server')
    if (subject.servers.length > 0 && !subject.servers.some(({ host }) => listed.includes(host))) {
      return fail(
        `host=${of.get('host')}, but the management server is ${subject.servers.map(({ host }) => host).join(', ')}`,
      )
    }
    const bridge = of.get('private.network.device')
    if (bridge !== undefined && subject.bridges[0] !== undefined && bridge !== subject.bridges[0]) {
      return warn(
        `private.network.device=${bridge}, but the zone's management label is ${subject.bridges[0]}`,
        'Correct the label of the physical network (updateTrafficType) or the setting, then restart the agent.',
      )
    }
    return ok(`host=${of.get('host')}`)
  },
})
