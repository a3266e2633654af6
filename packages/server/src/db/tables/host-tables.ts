import { bool, count, int, longtext, optionalInt, optionalText, pk, table, text, textWith, uuid } from '../columns.ts'

export const hostTables = {
  host: table({
    columns: {
      id: pk,
      uuid,
      name: text(),
      status: text(32),
      type: textWith('Routing'),
      resource_state: textWith('Enabled'),
      /** Raised by every compare-and-set of status or resource_state. */
      update_count: count(0),
      private_ip_address: text(64),
      migration_ip_address: optionalText(64),
      data_center_id: int,
      pod_id: int,
      cluster_id: optionalInt,
      hypervisor_type: text(32),
      hypervisor_version: optionalText(64),
      cpu_sockets: optionalInt,
      cpus: optionalInt,
      speed: optionalInt,
      /** Bytes. */
      ram: optionalInt,
      version: optionalText(40),
      capabilities: optionalText(),
      arch: textWith('x86_64', 16),
      guid: optionalText(),
      machine_id: optionalText(64),
      last_ping: optionalInt,
      mgmt_server_id: optionalInt,
      /** Raised when the host is fenced; until it has acknowledged, it may only report and end guests. */
      incarnation: count(1),
      acknowledged_incarnation: count(1),
      facts: longtext,
      disconnected: optionalInt,
      /** The server that had its connection has ended: it is expected back until then. Empty again once it is Up. */
      awaited_until: optionalInt,
      created: int,
      removed: optionalInt,
    },
    unique: [['guid']],
    index: [
      ['cluster_id', 'status'],
      ['data_center_id'],
      ['pod_id'],
      ['private_ip_address'],
      ['removed'],
      ['machine_id'],
    ],
  }),
  host_details: table({
    columns: { id: pk, host_id: int, name: text(), value: longtext },
    unique: [['host_id', 'name']],
  }),
  host_tags: table({
    columns: { id: pk, host_id: int, tag: text(), is_implicit: bool(0) },
    unique: [['host_id', 'tag']],
  }),
  /** Capacity of a host and what VMs have claimed of it: claimed by one conditional UPDATE in the VM's own transaction. */
  host_capacity: table({
    columns: {
      host_id: { kind: 'int', nullable: false, unique: true },
      /** MHz and bytes that VMs on this host have claimed or reserved (last host). */
      cpu_total: int,
      cpu_used: count(0),
      cpu_reserved: count(0),
      memory_total: int,
      memory_used: count(0),
      memory_reserved: count(0),
      cores_total: int,
      cores_used: count(0),
      vms: count(0),
    },
  }),
  /** Certificates issued to hosts; revoked or superseded ones are refused at the handshake. */
  host_certificate: table({
    columns: {
      id: pk,
      serial: text(64),
      host_id: optionalInt,
      host_uuid: text(40),
      issued: int,
      expires: int,
      revoked: optionalInt,
      superseded: optionalInt,
      fingerprint: text(64),
    },
    unique: [['serial']],
    index: [['host_uuid']],
  }),
  join_token: table({
    columns: {
      id: pk,
      uuid,
      secret_hash: text(64),
      cluster_id: int,
      description: optionalText(),
      created: int,
      expires: int,
      used: optionalInt,
      used_by_host_uuid: optionalText(40),
      created_by: int,
      removed: optionalInt,
      /** Address the host shall be known by; absent: the one it connects from. */
      address: optionalText(64),
      /** Made for this host; absent: the join makes the host. */
      host_uuid: optionalText(40),
      /** addHost made it for itself: it is in no list. */
      recruit: bool(0),
      /** Tags of the host that joins, separated by commas. */
      host_tags: optionalText(),
      allocation_state: textWith('Enabled'),
    },
  }),
  /** SSH host keys recorded at first contact; a change is refused by name. */
  ssh_host_key: table({
    columns: { id: pk, address: text(255), port: int, key_type: text(64), fingerprint: text(100), first_seen: int },
    unique: [['address', 'port']],
  }),
  mshost: table({
    columns: {
      id: pk,
      uuid,
      msid: int,
      incarnation: text(40),
      name: text(),
      state: textWith('Up', 25),
      version: text(40),
      service_ip: optionalText(64),
      service_port: optionalInt,
      last_update: int,
      created: int,
      removed: optionalInt,
    },
    unique: [['msid']],
  }),
  /** Moves of a host's guests while it is prepared for maintenance: one row a guest, gone when the run has ended. */
  host_evacuation_move: table({
    columns: {
      id: pk,
      host_id: int,
      vm_id: int,
      /** Of the last migration that was started. */
      run_id: text(40),
      attempts: count(0),
      /** Why the last attempt ended without a move; null while it lasts. */
      failure_code: optionalText(64),
      failure_seen: optionalText(1024),
      created: int,
    },
    unique: [['host_id', 'vm_id']],
  }),
} as const
