import { failed, type HostCheck, passed } from './host-check.ts'

/** The real cloudstack-agent belongs to another cloud: it is reported, never overwritten. */
export const otherAgentCheck: HostCheck = {
  name: 'other-agent',
  args: () => ['dpkg-query', '-W', '-f', '${db:Status-Status} ${Version}\n', 'cloudstack-agent'],
  judge(end) {
    const line = end.stdout.split('\n').find((one) => one.startsWith('installed '))
    if (line === undefined) return passed('other-agent', 'no cloudstack-agent package')
    const seen = `package cloudstack-agent ${line.slice('installed '.length)} is installed`
    return failed('other-agent', 'host.check', seen, 'Remove it first, if this host shall leave its other cloud.')
  },
}
