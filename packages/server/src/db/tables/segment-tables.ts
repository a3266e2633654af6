import { bool, int, longtext, optionalInt, optionalText, pk, table, text, textWith, uuid } from '../columns.ts'

/** How guest networks share wires: VLAN and VXLAN ids in use, providers, dedicated ranges, storage addresses. */
export const segmentTables = {
  /** One row an id in use (CloudStack has one an id of every range, which 16 million VXLAN ids forbid). */
  op_dc_vnet_alloc: table({
    columns: {
      id: pk,
      /** vlan://100, vxlan://5001. */
      vnet: text(64),
      /** The id as a number, for ranges. */
      number: int,
      physical_network_id: int,
      data_center_id: int,
      network_id: int,
      account_id: optionalInt,
      taken: int,
    },
    unique: [['data_center_id', 'vnet']],
    index: [['physical_network_id', 'number'], ['network_id']],
  }),
  /** VLAN ranges that one account alone gets its networks from. */
  account_vnet_map: table({
    columns: {
      id: pk,
      uuid,
      physical_network_id: int,
      account_id: int,
      domain_id: int,
      first: int,
      last: int,
      created: int,
    },
    index: [['physical_network_id'], ['account_id']],
  }),
  physical_network_service_providers: table({
    columns: {
      id: pk,
      uuid,
      physical_network_id: int,
      provider_name: text(64),
      destination_physical_network_id: optionalInt,
      state: textWith('Disabled'),
      /** Services, separated by commas. */
      services: text(),
      created: int,
      removed: optionalInt,
    },
    index: [['physical_network_id']],
  }),
  /** Switches of the providers that are routers or load balancers. */
  virtual_router_providers: table({
    columns: { id: pk, uuid, nsp_id: int, type: text(64), enabled: bool(0), removed: optionalInt },
    index: [['nsp_id']],
  }),
  /** Whether hosts of two clusters of a pod (or two of one) were on the same layer 2 network when they were asked last. */
  layer2_link: table({
    columns: {
      id: pk,
      pod_id: int,
      /** The lower id first. */
      cluster_id: int,
      other_cluster_id: int,
      bridge: text(16),
      shared: bool(0),
      from_host_id: int,
      to_host_id: int,
      seen: text(),
      checked: int,
    },
    unique: [['cluster_id', 'other_cluster_id', 'bridge']],
    index: [['pod_id']],
  }),
  /** Addresses of hosts in the storage network of a pod. */
  dc_storage_network_ip_range: table({
    columns: {
      id: pk,
      uuid,
      start_ip: text(64),
      end_ip: text(64),
      gateway: optionalText(64),
      vlan: optionalInt,
      netmask: text(64),
      data_center_id: int,
      pod_id: int,
      created: int,
    },
    index: [['pod_id'], ['data_center_id']],
  }),
  nic_secondary_ips: table({
    columns: {
      id: pk,
      uuid,
      nic_id: int,
      vm_id: int,
      network_id: int,
      account_id: int,
      domain_id: int,
      ip4_address: text(64),
      description: optionalText(),
      created: int,
    },
    index: [['nic_id'], ['vm_id']],
  }),
  network_offering_details: table({
    columns: { id: pk, network_offering_id: int, name: text(), value: longtext },
    index: [['network_offering_id', 'name']],
  }),
} as const
