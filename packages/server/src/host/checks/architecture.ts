import { complaint, failed, type HostCheck, passed } from './host-check.ts'

const spellings: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' }

export const architectureCheck: HostCheck = {
  name: 'architecture',
  args: () => ['uname', '-m'],
  judge(end, place) {
    const seen = end.stdout.trim()
    if (seen === '')
      return failed('architecture', 'host.check-unreadable', complaint(end), 'Run `uname -m` on the host.')
    if ((spellings[seen] ?? seen) === place.arch) return passed('architecture', seen)
    const fix = 'Add the host to a cluster of its architecture.'
    return failed('architecture', 'host.architecture', `${seen}; cluster ${place.clusterName} is ${place.arch}`, fix)
  },
}
