import { createZone } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findZone, insertZone } from '../zone.repository.ts'
import {
  allocationState,
  requireAddress,
  requireFreeZoneName,
  requireGuestCidr,
  requireNetworkDomain,
} from '../zone.service.ts'
import { zoneViews } from '../zone.view.ts'

const networkTypes = ['Basic', 'Advanced'] as const

export const handler = defineHandler(createZone, {
  eventText: ({ input }) => `creating zone ${input.name}`,
  async change({ tx, ctx, input, now }) {
    const networkType = networkTypes.find((type) => type.toLowerCase() === input.networktype.toLowerCase())
    if (!networkType) {
      throw apiFailure('api.parameter', `networktype is Basic or Advanced, not ${input.networktype}`, {
        seen: input.networktype,
      })
    }
    await requireFreeZoneName(tx, input.name)
    const guestCidr = input.guestcidraddress ?? (networkType === 'Advanced' ? '10.1.1.0/24' : undefined)
    const id = await insertZone(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      dns1: requireAddress('dns1', input.dns1),
      dns2: input.dns2 === undefined ? null : requireAddress('dns2', input.dns2),
      ip6_dns1: input.ip6dns1 === undefined ? null : requireAddress('ip6dns1', input.ip6dns1),
      ip6_dns2: input.ip6dns2 === undefined ? null : requireAddress('ip6dns2', input.ip6dns2),
      internal_dns1: requireAddress('internaldns1', input.internaldns1),
      internal_dns2: input.internaldns2 === undefined ? null : requireAddress('internaldns2', input.internaldns2),
      guest_network_cidr: guestCidr === undefined ? null : requireGuestCidr(guestCidr),
      domain: input.domain === undefined ? null : requireNetworkDomain('domain', input.domain),
      domain_id: null,
      networktype: networkType,
      allocation_state: allocationState(input.allocationstate ?? 'Enabled'),
      is_security_group_enabled: networkType === 'Basic' || input.securitygroupenabled === true ? 1 : 0,
      is_local_storage_enabled: input.localstorageenabled ? 1 : 0,
      type: input.isedge ? 'Edge' : 'Core',
      dhcp_provider: 'VirtualRouter',
      zone_token: ctx.runtime.uuid(),
      created: now,
    })
    const zone = await findZone(tx, id)
    return (await zoneViews(tx, zone ? [zone] : []))[0] ?? {}
  },
})
