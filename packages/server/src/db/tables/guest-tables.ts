import { int, longtext, optionalInt, optionalText, pk, secret, table, text, uuid } from '../columns.ts'

/** What guests get and what they may do: keys, user data, passwords, security groups. */
export const guestTables = {
  security_group: table({
    columns: {
      id: pk,
      uuid,
      name: text(),
      description: optionalText(4096),
      account_id: int,
      domain_id: int,
      created: int,
    },
    unique: [['account_id', 'name']],
    index: [['domain_id']],
  }),
  security_group_rule: table({
    columns: {
      id: pk,
      uuid,
      security_group_id: int,
      /** `ingress` or `egress`. */
      type: text(10),
      /** tcp, udp, icmp, all or a number. */
      protocol: text(16),
      /** Ports, or type and code of ICMP (-1: any). */
      start_port: optionalInt,
      end_port: optionalInt,
      allowed_network_id: optionalInt,
      allowed_ip_cidr: optionalText(44),
      created: int,
    },
    index: [['security_group_id'], ['allowed_network_id']],
  }),
  security_group_vm_map: table({
    columns: { id: pk, security_group_id: int, instance_id: int },
    unique: [['instance_id', 'security_group_id']],
    index: [['security_group_id']],
  }),
  ssh_keypairs: table({
    columns: {
      id: pk,
      uuid,
      account_id: int,
      domain_id: int,
      keypair_name: text(),
      fingerprint: text(128),
      public_key: longtext,
      created: int,
    },
    unique: [['account_id', 'keypair_name']],
    index: [['domain_id']],
  }),
  user_data: table({
    columns: {
      id: pk,
      uuid,
      name: text(),
      account_id: int,
      domain_id: int,
      user_data: longtext,
      params: longtext,
      created: int,
    },
    unique: [['account_id', 'name']],
    index: [['domain_id']],
  }),
  template_user_data: table({
    columns: { id: pk, template_id: int, user_data_id: int, policy: text(20) },
    unique: [['template_id']],
    index: [['user_data_id']],
  }),
  /** Beside a VM's row: what its guest is told. */
  vm_guest_data: table({
    columns: {
      id: pk,
      vm_id: int,
      /** Names of the key pairs, separated by commas, and the keys as they were. */
      keypair_names: longtext,
      public_keys: longtext,
      /** The password that the guest has not taken yet, sealed. */
      password: secret,
      /** Raised with each new password: a late word of an older one counts for nothing. */
      password_version: int,
      /** The password encrypted with the SSH key, for getVMPassword. */
      encrypted_password: longtext,
      user_data_id: optionalInt,
      user_data_details: longtext,
    },
    unique: [['vm_id']],
  }),
  /** What hosts have yet to be told. The newest row stays: its id is the version of what is told. */
  guest_network_work: table({
    columns: {
      id: pk,
      /** `Group`, `Network`, `Vm`, `Host` or `Addresses`. */
      kind: text(16),
      entity_id: int,
      done: int,
      created: int,
    },
    index: [['done', 'id']],
  }),
} as const
