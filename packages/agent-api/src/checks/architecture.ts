import { defineCheck, fail, ok, unreadable } from './define-check.ts'

const spellings: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' }

export const architectureCheck = defineCheck({
  name: 'architecture',
  proves: "The CPU architecture is the cluster's.",
  code: 'host.architecture',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => ['uname', '-m'],
  judge(end, subject) {
    const seen = end.stdout.trim()
    if (seen === '') return unreadable(end, 'Run `uname -m` on the host.')
    if ((spellings[seen] ?? seen) === subject.arch) return ok(seen)
    return fail(`${seen}; cluster ${subject.clusterName} is ${subject.arch}`)
  },
})
