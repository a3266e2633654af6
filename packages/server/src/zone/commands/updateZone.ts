import { mapEntries, updateZone } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { findZone, setZoneDetail, updateZoneRow, type Zone } from '../zone.repository.ts'
import {
  allocationState,
  requireAddress,
  requireFreeZoneName,
  requireGuestCidr,
  requireNetworkDomain,
} from '../zone.service.ts'
import { zoneViews } from '../zone.view.ts'

export const handler = defineHandler(updateZone, {
  eventText: ({ entities }) => `updating zone ${entities.id.name}`,
  async change({ tx, input, entities }) {
    const zone = entities.id
    const set: Partial<{ -readonly [K in keyof Zone]: Zone[K] }> = {}
    if (input.name !== undefined) {
      await requireFreeZoneName(tx, input.name, zone.id)
      set.name = input.name
    }
    if (input.dns1 !== undefined) set.dns1 = requireAddress('dns1', input.dns1)
    if (input.dns2 !== undefined) set.dns2 = input.dns2 === '' ? null : requireAddress('dns2', input.dns2)
    if (input.ip6dns1 !== undefined)
      set.ip6_dns1 = input.ip6dns1 === '' ? null : requireAddress('ip6dns1', input.ip6dns1)
    if (input.ip6dns2 !== undefined)
      set.ip6_dns2 = input.ip6dns2 === '' ? null : requireAddress('ip6dns2', input.ip6dns2)
    if (input.internaldns1 !== undefined) set.internal_dns1 = requireAddress('internaldns1', input.internaldns1)
    if (input.internaldns2 !== undefined) {
      set.internal_dns2 = input.internaldns2 === '' ? null : requireAddress('internaldns2', input.internaldns2)
    }
    if (input.guestcidraddress !== undefined) set.guest_network_cidr = requireGuestCidr(input.guestcidraddress)
    if (input.domain !== undefined)
      set.domain = input.domain === '' ? null : requireNetworkDomain('domain', input.domain)
    if (input.allocationstate !== undefined) set.allocation_state = allocationState(input.allocationstate)
    if (input.localstorageenabled !== undefined) set.is_local_storage_enabled = input.localstorageenabled ? 1 : 0
    if (input.sortkey !== undefined) set.sort_key = input.sortkey
    await updateZoneRow(tx, zone.id, set)
    for (const [name, value] of Object.entries(mapEntries(input.details))) {
      await setZoneDetail(tx, zone.id, name, value)
    }
    const updated = await findZone(tx, zone.id)
    return (await zoneViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
