import { distributionsMix } from '../host-facts.ts'
import { complaint, failed, type HostCheck, passed } from './host-check.ts'

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

export const distributionCheck: HostCheck = {
  name: 'distribution',
  args: () => ['cat', '/etc/os-release'],
  judge(end, place) {
    const fields = readOsRelease(end.stdout)
    const id = fields.get('ID')
    const version = fields.get('VERSION_ID') ?? ''
    if (id === undefined) return failed('distribution', 'host.check-unreadable', complaint(end), 'Use Debian 12.')
    const seen = `${fields.get('NAME') ?? id} ${version}`
    const known = supportedDistributions.some((one) => one.id === id && one.versions.includes(version))
    if (!known) return failed('distribution', 'host.distribution', seen, `Use one of: ${names}.`)
    const other = place.distributions.find((name) => !distributionsMix(name, fields.get('NAME') ?? id))
    if (other !== undefined) {
      return failed(
        'distribution',
        'host.distribution-mixed',
        `${seen}; cluster ${place.clusterName} has hosts that run ${other}`,
        'Add it to a cluster of its distribution.',
      )
    }
    return passed('distribution', seen)
  },
}
