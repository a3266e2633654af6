import { readingMethod } from '../host-method.ts'
import { putNewest } from '../reservations.ts'

export const networkApply = readingMethod('network.apply', (context, wanted) => {
  const { disk, hypervisor } = context
  const { groups, networks, guests, protectedAddresses, complete } = wanted
  const regrouped = putNewest(disk.groups, groups, (group) => group.uuid)
  putNewest(disk.names, networks, (network) => network.networkUuid)
  for (const { instanceName, data } of guests) {
    if (hypervisor.domains.has(instanceName)) putNewest(disk.guestData, [data], () => instanceName)
  }
  if (protectedAddresses !== undefined) disk.protectedAddresses = protectedAddresses
  if (complete) {
    const named = new Set(groups.map((group) => group.uuid))
    const used = new Set(
      [...hypervisor.domains.values()].flatMap(({ spec }) => spec.nics.flatMap((nic) => nic.securityGroups ?? [])),
    )
    for (const uuid of disk.groups.keys()) if (!named.has(uuid) && !used.has(uuid)) disk.groups.delete(uuid)
    const networkUuids = new Set(networks.map((network) => network.networkUuid))
    for (const uuid of disk.names.keys()) if (!networkUuids.has(uuid)) disk.names.delete(uuid)
  }
  return { commands: regrouped ? 1 : 0, milliseconds: 0 }
})
