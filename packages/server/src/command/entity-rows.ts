import type { EntityName } from '@altostack/api'
import type { Row } from '../db/database.ts'

/** The row that each entity of a parameter is loaded as. */
export type EntityRows = {
  Account: Row<'account'>
  AsyncJob: Row<'async_job'>
  Cluster: Row<'cluster'>
  DiskOffering: Row<'disk_offering'>
  Domain: Row<'domain'>
  GuestVlanRange: Row<'account_vnet_map'>
  Host: Row<'host'>
  HostRepair: Row<'host_repair'>
  ImageStore: Row<'image_store'>
  InstanceGroup: Row<'instance_group'>
  InternalLoadBalancerElement: Row<'virtual_router_providers'>
  JoinToken: Row<'join_token'>
  Network: Row<'networks'>
  NetworkOffering: Row<'network_offerings'>
  NetworkServiceProvider: Row<'physical_network_service_providers'>
  Nic: Row<'nics'>
  NicSecondaryIp: Row<'nic_secondary_ips'>
  OsType: Row<'guest_os'>
  PhysicalNetwork: Row<'physical_network'>
  Pod: Row<'host_pod_ref'>
  Role: Row<'roles'>
  RolePermission: Row<'role_permissions'>
  SecurityGroup: Row<'security_group'>
  SecurityGroupRule: Row<'security_group_rule'>
  ServiceOffering: Row<'service_offering'>
  Snapshot: Row<'snapshots'>
  SnapshotPolicy: Row<'snapshot_policy'>
  StorageNetworkIpRange: Row<'dc_storage_network_ip_range'>
  StoragePool: Row<'storage_pool'>
  Template: Row<'vm_template'>
  TrafficType: Row<'physical_network_traffic_types'>
  User: Row<'user'>
  UserData: Row<'user_data'>
  VMSnapshot: Row<'vm_snapshots'>
  VirtualMachine: Row<'vm_instance'>
  VirtualRouterElement: Row<'virtual_router_providers'>
  VlanIpRange: Row<'vlan'>
  Volume: Row<'volumes'>
  Zone: Row<'data_center'>
}
/** Fails to compile when an entity of the contract has no row here. */
type Covered<E extends keyof EntityRows> = E
export type EveryEntity = Covered<EntityName>
