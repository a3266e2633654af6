import type { DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { readingMethod } from '../journal/host-method.ts'
import { knownGeneration } from '../journal/tokens.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { dismissNics } from '../network/guest-nics.ts'
import { readRunning } from '../vm/read-domain.ts'

export const hostFence = readingMethod('host.fence', async (context, { hostIncarnation, keep }) => {
  if (hostIncarnation <= context.incarnation.acknowledged()) return { ended: [] }
  const kept = new Map(keep.map((vm) => [vm.uuid, vm.generation]))
  const ended: string[] = []
  for (const { domain, generation } of await ownGuests(context)) {
    const wanted = kept.get(domain.uuid)
    // A guest of an older generation than the server's runs elsewhere by now.
    if (wanted !== undefined && generation >= wanted) continue
    await context.libvirt
      .use((client) => client.domain.destroy(domain))
      .catch((error: unknown) => {
        if (!isLibvirtCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) throw error
      })
    await dismissNics(context, domain.name)
    context.log.warn({ instanceName: domain.name, generation }, 'guest of a fenced life ended')
    ended.push(domain.name)
  }
  context.incarnation.acknowledge(hostIncarnation)
  return { ended }
})

/** Guests of this installation; others on the host are nobody's business here. */
async function ownGuests(context: HostContext): Promise<{ domain: DomainRef; generation: number }[]> {
  const domains = await context.libvirt.use((client) => client.host.listAllDomains())
  const guests = await Promise.all(
    domains.map(async (domain) => ({ domain, mark: (await readRunning(context, domain)).mark })),
  )
  return guests
    .filter(({ mark }) => mark?.installation === context.identity().installation)
    .map(({ domain, mark }) => {
      // The mark inside a guest that has moved may be older than what this host accepted for it.
      const known = knownGeneration(context.database, domain.name, domain.uuid) ?? 0
      return { domain, generation: Math.max(known, mark?.generation ?? 0) }
    })
}
