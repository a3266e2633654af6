import { defineCheck, fail, ok } from './define-check.ts'

/** The real cloudstack-agent belongs to another cloud: it is reported, never overwritten. */
export const otherAgentCheck = defineCheck({
  name: 'other-agent',
  proves: 'No agent of another cloud is installed.',
  code: 'check.other-agent',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => ['dpkg-query', '-W', '-f', '${db:Status-Status} ${Version}\n', 'cloudstack-agent'],
  judge(end) {
    const line = end.stdout.split('\n').find((one) => one.startsWith('installed '))
    if (line === undefined) return ok('no cloudstack-agent package')
    return fail(`package cloudstack-agent ${line.slice('installed '.length)} is installed`)
  },
})
