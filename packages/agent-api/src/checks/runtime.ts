import { complaint, defineCheck, fail, ok, warn } from './define-check.ts'
import { versionIn } from './libvirt-version.ts'

export const runtimeCheck = defineCheck({
  name: 'runtime',
  proves: 'The agent program, which carries its own runtime, starts and has the version of the server.',
  code: 'check.runtime',
  at: ['doctor'],
  seenBy: 'host',
  args: ({ joined }) => (joined ? ['/usr/bin/altostack-agent', 'version'] : undefined),
  judge(end, { agentVersion, selfSeen }) {
    const version = versionIn(end.stdout)
    if (version === undefined && selfSeen && end.code === 127) return ok('run from its sources')
    if (end.code !== 0 || version === undefined) return fail(`altostack-agent version: ${complaint(end)}`)
    const seen = end.stdout.trim()
    if (agentVersion !== undefined && version !== agentVersion)
      return warn(`${seen}; the server brings ${agentVersion}`)
    return ok(seen)
  },
})
