import { bool, count, int, longtext, optionalInt, optionalText, pk, table, text, textWith, uuid } from '../columns.ts'

export const snapshotTables = {
  snapshots: table({
    columns: {
      id: pk,
      uuid,
      name: text(),
      account_id: int,
      domain_id: int,
      data_center_id: int,
      volume_id: int,
      disk_offering_id: optionalInt,
      status: text(32),
      update_count: count(0),
      /** MANUAL, HOURLY, DAILY, WEEKLY or MONTHLY. */
      type_description: textWith('MANUAL'),
      policy_id: optionalInt,
      /** Virtual bytes. */
      size: int,
      hypervisor_type: textWith('KVM'),
      location_type: textWith('SECONDARY'),
      /** Pool whose host makes it, until it is on the image store. */
      pool_id: optionalInt,
      template_id: optionalInt,
      created: int,
      removed: optionalInt,
    },
    index: [['account_id'], ['volume_id', 'removed'], ['policy_id'], ['status']],
  }),
  /** Where a snapshot's image is kept: one checked file a snapshot. */
  snapshot_store_ref: table({
    columns: {
      id: pk,
      snapshot_id: int,
      /** Null: the server's own store. */
      store_id: optionalInt,
      state: text(32),
      /** Virtual bytes, and those of the file. */
      size: count(0),
      physical_size: count(0),
      sha256: optionalText(64),
      install_path: optionalText(255),
      format: textWith('QCOW2', 16),
      created: int,
      last_updated: int,
    },
    unique: [['snapshot_id']],
  }),
  /** An image that a host may send to this server's store, while a run waits for it. */
  image_upload: table({
    columns: { id: pk, uuid, host_id: int, size: int, run_id: text(40), created: int },
    index: [['run_id']],
  }),
  snapshot_policy: table({
    columns: {
      id: pk,
      uuid,
      volume_id: int,
      account_id: int,
      domain_id: int,
      /** CloudStack's form: MM, MM:HH, MM:HH:day of the week or of the month. */
      schedule: text(100),
      timezone: text(100),
      /** 0 hourly, 1 daily, 2 weekly, 3 monthly. */
      interval: int,
      max_snaps: int,
      active: bool(1),
      display: bool(1),
      /** When it is due next, ms. */
      next_run: int,
      created: int,
    },
    index: [['volume_id'], ['active', 'next_run']],
  }),
  vm_snapshots: table({
    columns: {
      id: pk,
      uuid,
      name: text(),
      display_name: optionalText(),
      description: optionalText(),
      vm_id: int,
      account_id: int,
      domain_id: int,
      data_center_id: int,
      /** Disk or DiskAndMemory. */
      vm_snapshot_type: text(32),
      state: text(32),
      update_count: count(0),
      parent: optionalInt,
      current: bool(0),
      service_offering_id: int,
      /** Volumes that it holds, JSON list of ids. */
      volumes: longtext,
      created: int,
      removed: optionalInt,
    },
    index: [['vm_id', 'removed'], ['account_id'], ['state']],
  }),
} as const
