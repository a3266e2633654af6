import { readingMethod } from '../host-method.ts'
import { releaseReservations } from '../reservations.ts'
import { knownGeneration } from '../tokens.ts'

export const hostFence = readingMethod('host.fence', (context, { hostIncarnation, keep }) => {
  const { disk, hypervisor } = context
  if (hostIncarnation <= (disk.acknowledged ?? 0)) return { ended: [] }
  const kept = new Map(keep.map((vm) => [vm.uuid, vm.generation]))
  const ended: string[] = []
  for (const domain of [...hypervisor.domains.values()]) {
    // Guests that are not of this installation are nobody's business here.
    if (domain.generation === 0) continue
    const generation = Math.max(knownGeneration(disk, domain.instanceName, domain.uuid) ?? 0, domain.generation)
    const wanted = kept.get(domain.uuid)
    // A guest of an older generation than the server's runs elsewhere by now.
    if (wanted !== undefined && generation >= wanted) continue
    hypervisor.end(domain, 'destroyed')
    releaseReservations(context, domain.instanceName)
    ended.push(domain.instanceName)
  }
  disk.acknowledged = hostIncarnation
  disk.heard = Math.max(disk.heard, hostIncarnation)
  return { ended }
})
