import type { NicSpec } from '@altostack/agent-api'
import { serviceAddress, serviceMac } from '../service-address.ts'

/**
 * What a guest may send by this NIC. On a network that gives addresses: its own MAC, ARP and IPv4 from its own addresses,
 * IPv6 from link-local ones only; never DHCP answers or router advertisements. Elsewhere only the MAC is held, since
 * nobody knows the addresses and the guests may well run the network's services.
 */
export function spoofRules(nic: NicSpec): string[] {
  const rules = [`ether saddr != ${nic.mac} drop`, `ether type arp arp saddr ether != ${nic.mac} drop`]
  if (nic.addresses === undefined) return rules
  const own = nic.addresses.join(', ')
  rules.push(
    // 0.0.0.0: a probe whether an address is free claims none.
    `ether type arp arp saddr ip != { ${['0.0.0.0', ...nic.addresses].join(', ')} } drop`,
    'ether type ip udp sport 67 drop',
    'ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 return',
    own === '' ? 'ether type ip drop' : `ether type ip ip saddr != { ${own} } drop`,
    'ether type ip6 icmpv6 type { nd-router-advert, nd-redirect } drop',
    'ether type ip6 udp sport 547 drop',
    'ether type ip6 ip6 saddr != { ::, fe80::/10 } drop',
    // 0x8035: QEMU announces a guest that has just moved.
    'ether type != { ip, arp, ip6, 0x8035 } drop',
  )
  if (nic.dhcp !== undefined) {
    // A guest without a route of its own for it sends it to its gateway.
    rules.push(`ether type ip ip daddr ${serviceAddress} ether daddr set ${serviceMac}`)
  }
  return rules
}
