import { defineCheck, fail, ok, unreadable } from './define-check.ts'

/** Distributions that the agent package is made and tested for. */
export const supportedDistributions: readonly { readonly id: string; readonly versions: readonly string[] }[] = [
  { id: 'debian', versions: ['12'] },
]
const names = supportedDistributions.map(({ id, versions }) => `${id} ${versions.join(', ')}`).join('; ')

/** Fields of /etc/os-release. */
export function readOsRelease(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim())
      return match === null ? [] : [[match[1] as string, match[2] ?? match[3] ?? match[4] ?? '']]
    }),
  )
}

const redHatFamily = [
  'rocky',
  'rocky linux',
  'red',
  'red hat enterprise linux',
  'oracle',
  'oracle linux server',
  'almalinux',
]

/** Whether hosts of these two distributions may share a cluster. */
export function distributionsMix(one: string, other: string): boolean {
  const [a, b] = [one.trim().toLowerCase(), other.trim().toLowerCase()]
  if (a === b || (redHatFamily.includes(a) && redHatFamily.includes(b))) return true
  // `Debian GNU/Linux` beside `Debian`: the longer name of the same distribution.
  return a !== '' && b !== '' && (a.startsWith(b) || b.startsWith(a))
}

export const distributionCheck = defineCheck({
  name: 'distribution',
  proves: "The distribution is one that the agent is made for, and the cluster's.",
  code: 'host.distribution',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => ['cat', '/etc/os-release'],
  judge(end, subject) {
    const fields = readOsRelease(end.stdout)
    const id = fields.get('ID')
    const version = fields.get('VERSION_ID') ?? ''
    if (id === undefined) return unreadable(end, 'Use Debian 12.')
    const seen = `${fields.get('NAME') ?? id} ${version}`
    const known = supportedDistributions.some((one) => one.id === id && one.versions.includes(version))
    if (!known) return fail(seen, `Use one of: ${names}.`)
    const other = subject.distributions.find((name) => !distributionsMix(name, fields.get('NAME') ?? id))
    if (other === undefined) return ok(seen)
    return {
      status: 'fail',
      code: 'host.distribution-mixed',
      seen: `${seen}; cluster ${subject.clusterName} has hosts that run ${other}`,
    }
  },
})
