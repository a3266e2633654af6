import type { Tx } from '../db/database.ts'
import { insertAll } from './insert-all.ts'
import type { SeedContext } from './seed.ts'

type Offering = {
  readonly id: number
  readonly name: string
  readonly text?: string
  readonly traffic: 'Public' | 'Management' | 'Control' | 'Storage' | 'Guest'
  readonly guest?: 'Shared' | 'Isolated' | 'L2'
  readonly system?: boolean
  readonly vlan?: boolean
  readonly ranges?: boolean
  readonly conserve?: boolean
  readonly required?: boolean
  readonly vpc?: boolean
  /** Services by their provider. */
  readonly services?: Readonly<Record<string, string>>
}

const by = (provider: string, services: string): Readonly<Record<string, string>> =>
  Object.fromEntries(services.split(' ').map((service) => [service, provider]))

const dhcpServices = by('VirtualRouter', 'Dhcp Dns UserData')
const vpcServices = 'Dhcp Dns UserData NetworkACL Gateway SourceNat StaticNat PortForwarding Vpn'
const systemNetwork = { system: true, required: true } as const

/** Those of a fresh CloudStack by name and order; the ones for other vendors' controllers (Netscaler, Tungsten, NSX, Netris) are left out. */
const offerings: readonly Offering[] = [
  { id: 1, name: 'System-Public-Network', traffic: 'Public', ranges: true, ...systemNetwork },
  { id: 2, name: 'System-Management-Network', traffic: 'Management', ...systemNetwork },
  { id: 3, name: 'System-Control-Network', traffic: 'Control', ...systemNetwork },
  { id: 4, name: 'System-Storage-Network', traffic: 'Storage', ranges: true, ...systemNetwork },
  {
    id: 5,
    name: 'System-Private-Gateway-Network-Offering',
    traffic: 'Guest',
    guest: 'Isolated',
    vlan: true,
    system: true,
  },
  {
    id: 6,
    name: 'System-Private-Gateway-Network-Offering-Without-Vlan',
    traffic: 'Guest',
    guest: 'Isolated',
    system: true,
  },
  {
    id: 7,
    name: 'DefaultSharedNetworkOfferingWithSGService',
    text: 'Shared networks whose guests are kept apart by security groups',
    traffic: 'Guest',
    guest: 'Shared',
    vlan: true,
    ranges: true,
    services: { ...dhcpServices, SecurityGroup: 'SecurityGroupProvider' },
  },
  {
    id: 8,
    name: 'DefaultSharedNetworkOffering',
    text: 'Shared networks',
    traffic: 'Guest',
    guest: 'Shared',
    vlan: true,
    ranges: true,
    services: dhcpServices,
  },
  {
    id: 9,
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    text: 'Isolated networks with source NAT',
    traffic: 'Guest',
    guest: 'Isolated',
    required: true,
    services: by('VirtualRouter', 'Dhcp Dns UserData Firewall Gateway Lb SourceNat StaticNat PortForwarding Vpn'),
  },
  {
    id: 10,
    name: 'DefaultIsolatedNetworkOffering',
    text: 'Isolated networks without source NAT',
    traffic: 'Guest',
    guest: 'Isolated',
    vlan: true,
    ranges: true,
    services: dhcpServices,
  },
  {
    id: 12,
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworks',
    text: 'Isolated networks of a VPC with source NAT',
    traffic: 'Guest',
    guest: 'Isolated',
    vpc: true,
    services: by('VpcVirtualRouter', `${vpcServices} Lb`),
  },
  {
    id: 13,
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworksNoLB',
    text: 'Isolated networks of a VPC with source NAT, without load balancing',
    traffic: 'Guest',
    guest: 'Isolated',
    conserve: false,
    vpc: true,
    services: by('VpcVirtualRouter', vpcServices),
  },
  {
    id: 14,
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworksWithInternalLB',
    text: 'Isolated networks of a VPC with internal load balancing',
    traffic: 'Guest',
    guest: 'Isolated',
    conserve: false,
    vpc: true,
    services: { ...by('VpcVirtualRouter', 'Dhcp Dns UserData NetworkACL Gateway SourceNat'), Lb: 'InternalLbVm' },
  },
  { id: 15, name: 'DefaultL2NetworkOffering', text: 'Layer 2 networks', traffic: 'Guest', guest: 'L2' },
  {
    id: 16,
    name: 'DefaultL2NetworkOfferingVlan',
    text: 'Layer 2 networks with a given VLAN',
    traffic: 'Guest',
    guest: 'L2',
    vlan: true,
  },
  {
    id: 17,
    name: 'DefaultL2NetworkOfferingConfigDrive',
    text: 'Layer 2 networks with user data on a config drive',
    traffic: 'Guest',
    guest: 'L2',
    services: { UserData: 'ConfigDrive' },
  },
  {
    id: 18,
    name: 'DefaultL2NetworkOfferingConfigDriveVlan',
    text: 'Layer 2 networks with a given VLAN and user data on a config drive',
    traffic: 'Guest',
    guest: 'L2',
    vlan: true,
    services: { UserData: 'ConfigDrive' },
  },
]

/** The network offerings of a fresh CloudStack with their services. */
export async function seedNetworkOfferings(tx: Tx, { runtime, now }: SeedContext): Promise<void> {
  await insertAll(
    tx,
    'network_offerings',
    offerings.map((offering) => ({
      id: offering.id,
      uuid: runtime.uuid(),
      name: offering.name,
      unique_name: offering.name,
      display_text: offering.text ?? `System offering for ${offering.name}`,
      traffic_type: offering.traffic,
      guest_type: offering.guest ?? null,
      availability: offering.required ? 'Required' : 'Optional',
      system_only: offering.system ? 1 : 0,
      specify_vlan: offering.vlan ? 1 : 0,
      specify_ip_ranges: offering.ranges ? 1 : 0,
      conserve_mode: offering.conserve === false ? 0 : 1,
      is_default: 1,
      for_vpc: offering.vpc ? 1 : 0,
      created: now,
    })),
  )
  await insertAll(
    tx,
    'ntwk_offering_service_map',
    offerings.flatMap(({ id, services }) =>
      Object.entries(services ?? {}).map(([service, provider]) => ({ network_offering_id: id, service, provider })),
    ),
  )
}
