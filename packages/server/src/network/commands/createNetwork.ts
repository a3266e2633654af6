import { createNetwork } from '@altostack/api'
import { apiFailure, formatCidr, infrastructureFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { requireIpv4, requireNetworkDomain } from '../../zone/index.ts'
import { isolationOf, untagged } from '../broadcast-uri.ts'
import { insertIpRange } from '../ip-range.repository.ts'
import { findNetwork, insertNetwork, updateNetworkRow } from '../network.repository.ts'
import { addressRange, guestPhysicalNetwork, requireOfferedInZone } from '../network.service.ts'
import { networkViews } from '../network.view.ts'
import { claimWire, givenWire, privateMtu } from '../network-wire.ts'

export const handler = defineHandler(createNetwork, {
  eventText: ({ input }) => `creating network ${input.name}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const zone = entities.zoneid
    const offering = entities.networkofferingid
    if (zone.allocation_state === 'Disabled' && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', `Zone ${zone.name} is disabled`)
    }
    if (offering.state !== 'Enabled') {
      throw infrastructureFailure('network.offering-mismatch', `Network offering ${offering.name} is ${offering.state}`)
    }
    await requireOfferedInZone(tx, offering, zone)
    if (offering.guest_type !== 'Shared' && offering.guest_type !== 'L2') {
      throw infrastructureFailure(
        'network.offering-mismatch',
        `Network offering ${offering.name} is for ${offering.guest_type} networks; this version has Shared and L2 ones`,
      )
    }
    if (!isRootAdmin(caller) && (offering.specify_vlan === 1 || offering.guest_type === 'Shared')) {
      throw apiFailure(
        'api.permission',
        `Only root administrators create ${offering.guest_type} networks on a given VLAN`,
        {
          fix: 'Choose an L2 offering with specifyvlan=false: its networks get an id of the zone.',
        },
      )
    }
    const shared = offering.guest_type === 'Shared'
    const addresses = [input.gateway, input.netmask, input.startip, input.endip]
    if (!shared && addresses.some((value) => value !== undefined)) {
      throw infrastructureFailure(
        'network.address',
        'An L2 network has no addresses: leave gateway, netmask and range out',
      )
    }
    const range = shared ? addressRange(input) : undefined
    const physical = await guestPhysicalNetwork(tx, zone, entities.physicalnetworkid, offering)
    const given = givenWire(input.vlan, offering, physical)
    const domainWide = (input.acltype ?? (shared && input.account === undefined ? 'Domain' : 'Account')) === 'Domain'
    if (domainWide && input.account !== undefined) {
      throw apiFailure('api.parameter', 'A network of acltype Domain belongs to no account: leave account out')
    }
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    const domainId = entities.domainid?.id ?? owner.domainId
    const id = await insertNetwork(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      display_text: input.displaytext ?? input.name,
      traffic_type: 'Guest',
      guest_type: offering.guest_type,
      acl_type: domainWide ? 'Domain' : 'Account',
      broadcast_domain_type: isolationOf(physical) === 'VXLAN' ? 'Vxlan' : 'Vlan',
      broadcast_uri: given ?? untagged,
      gateway: range?.gateway ?? null,
      cidr: range ? formatCidr(range.network) : null,
      mode: 'Dhcp',
      network_offering_id: offering.id,
      physical_network_id: physical.id,
      data_center_id: zone.id,
      account_id: owner.accountId,
      domain_id: domainId,
      // Its wire is claimed here and now, whether given or drawn: there is nothing left to implement later.
      state: 'Setup',
      network_domain:
        input.networkdomain === undefined ? zone.domain : requireNetworkDomain('networkdomain', input.networkdomain),
      dns1: input.dns1 === undefined ? null : checkedIpv4('dns1', input.dns1),
      dns2: input.dns2 === undefined ? null : checkedIpv4('dns2', input.dns2),
      subdomain_access: input.subdomainaccess === false ? 0 : 1,
      display_network: input.displaynetwork === false ? 0 : 1,
      specify_ip_ranges: offering.specify_ip_ranges,
      private_mtu: await privateMtu(tx, caller, input.privatemtu, physical, given),
      created: now,
    })
    const claimed = await claimWire(tx, ctx, physical, given, {
      networkId: id,
      accountId: owner.accountId,
      bypass: input.bypassvlanoverlapcheck === true,
    })
    await updateNetworkRow(tx, id, { broadcast_uri: claimed })
    if (range) {
      await insertIpRange(
        tx,
        ctx,
        {
          uuid: ctx.runtime.uuid(),
          vlan_id: claimed,
          vlan_gateway: range.gateway,
          vlan_netmask: range.netmask,
          description: range.text,
          data_center_id: zone.id,
          network_id: id,
          physical_network_id: physical.id,
          created: now,
        },
        range.first,
        range.last,
        id,
      )
    }
    const network = await findNetwork(tx, id)
    return (await networkViews(tx, network ? [network] : []))[0] ?? {}
  },
})

function checkedIpv4(parameter: string, value: string): string {
  requireIpv4(parameter, value)
  return value
}
