import { createNetworkOffering, mapEntries } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireTrafficType } from '../../network/physical-network.service.ts'
import {
  findNetworkOffering,
  insertNetworkOffering,
  insertOfferingServices,
  replaceOfferingDetails,
  requireFreeOfferingName,
} from '../network-offering.repository.ts'
import { offeredServices } from '../network-offering.service.ts'
import { networkOfferingViews } from '../network-offering.view.ts'

const guestTypes = ['Isolated', 'Shared', 'L2'] as const

export const handler = defineHandler(createNetworkOffering, {
  eventText: ({ input }) => `creating network offering ${input.name}`,
  async change({ tx, ctx, input, entities, now }) {
    const guestType = guestTypes.find((type) => type.toLowerCase() === input.guestiptype.toLowerCase()) ?? 'Isolated'
    const shared = guestType === 'Shared'
    const specifyIpRanges = input.specifyipranges ?? shared
    if (shared !== specifyIpRanges && guestType !== 'Isolated') {
      throw infrastructureFailure(
        'network.offering-mismatch',
        `specifyipranges is ${shared} for ${guestType} networks, not ${specifyIpRanges}`,
      )
    }
    await requireFreeOfferingName(tx, input.name)
    const services = offeredServices(guestType, input.supportedservices ?? [], input.serviceproviderlist ?? [])
    if (guestType !== 'Isolated' && (input.servicecapabilitylist ?? []).length > 0) {
      throw infrastructureFailure(
        'network.offering-mismatch',
        `servicecapabilitylist is about routers: ${guestType} networks have none`,
      )
    }
    const id = await insertNetworkOffering(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      display_text: input.displaytext ?? input.name,
      traffic_type: requireTrafficType(input.traffictype),
      guest_type: guestType,
      tags: input.tags === undefined || input.tags === '' ? null : input.tags,
      availability: input.availability ?? 'Optional',
      state: input.enable === true ? 'Enabled' : 'Disabled',
      specify_vlan: (input.specifyvlan ?? shared) ? 1 : 0,
      specify_ip_ranges: specifyIpRanges ? 1 : 0,
      conserve_mode: input.conservemode === false ? 0 : 1,
      egress_default_policy: input.egressdefaultpolicy === true ? 1 : 0,
      nw_rate: input.networkrate ?? null,
      created: now,
    })
    await insertOfferingServices(tx, id, services)
    for (const [name, value] of Object.entries(mapEntries(input.details))) {
      await replaceOfferingDetails(tx, id, name, [value])
    }
    for (const { service, capabilitytype, capabilityvalue } of input.servicecapabilitylist ?? []) {
      await replaceOfferingDetails(tx, id, `capability.${service}.${capabilitytype}`, [capabilityvalue ?? ''])
    }
    await replaceOfferingDetails(
      tx,
      id,
      'domainid',
      (entities.domainid ?? []).map((domain) => String(domain.id)),
    )
    await replaceOfferingDetails(
      tx,
      id,
      'zoneid',
      (entities.zoneid ?? []).map((zone) => String(zone.id)),
    )
    const offering = await findNetworkOffering(tx, id)
    return (await networkOfferingViews(tx, offering ? [offering] : []))[0] ?? {}
  },
})
