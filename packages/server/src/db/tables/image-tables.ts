import {
  bool,
  count,
  int,
  longtext,
  optionalInt,
  optionalText,
  pk,
  secret,
  table,
  text,
  textWith,
  uuid,
} from '../columns.ts'

export const imageTables = {
  /** Accounts that may use a template or ISO of another. */
  launch_permission: table({
    columns: { id: pk, template_id: int, account_id: int, created: int },
    unique: [['template_id', 'account_id']],
    index: [['account_id']],
  }),
  /** Where images are kept beside the server's own directory. */
  image_store: table({
    columns: {
      id: pk,
      uuid,
      name: text(),
      image_provider_name: text(32),
      protocol: text(16),
      url: text(2048),
      /** Null: of the whole region. */
      data_center_id: optionalInt,
      scope: text(16),
      read_only: bool(0),
      role: textWith('Image'),
      /** What may be kept there, bytes; null: as much as there is room. */
      total_size: optionalInt,
      created: int,
      removed: optionalInt,
    },
    index: [['data_center_id']],
  }),
  /** A value that is a secret is in `sealed`. */
  image_store_details: table({
    columns: { id: pk, store_id: int, name: text(), value: longtext, sealed: secret },
    unique: [['store_id', 'name']],
  }),
  /**
   * What may lie on a store and be no image's: written before the writing begins, and before an image leaves. It goes when
   * the image counts there, or when it is off the store.
   */
  image_store_leftover: table({
    columns: {
      id: pk,
      store_id: int,
      /** Folder and name. */
      object: text(),
      /** The run that writes it: left alone while that lasts. Null: nobody needs it. */
      run_id: optionalText(40),
      /** Why it could not be removed yet. */
      seen: optionalText(1024),
      created: int,
    },
    unique: [['store_id', 'object']],
    index: [['run_id']],
  }),
  /** An uploaded volume's image, until the volume has a place on a pool. */
  volume_store_ref: table({
    columns: {
      id: pk,
      volume_id: int,
      store_id: optionalInt,
      download_state: text(32),
      update_count: count(0),
      download_pct: count(0),
      size: count(0),
      physical_size: count(0),
      sha256: optionalText(64),
      checksum: optionalText(255),
      url: optionalText(2048),
      format: textWith('QCOW2', 16),
      install_path: optionalText(255),
      error_str: optionalText(1024),
      run_id: optionalText(40),
      created: int,
      last_updated: int,
    },
    unique: [['volume_id']],
  }),
  /** A link by which an image is fetched without a login until it expires. */
  image_link: table({
    columns: {
      id: pk,
      uuid,
      token_hash: text(64),
      /** Template, Volume or Snapshot, and its id. */
      resource_type: text(16),
      resource_id: int,
      /** Name that the download is given. */
      file_name: text(),
      /** Of an image that was made for this link alone: goes with it. */
      own_path: optionalText(255),
      size: count(0),
      sha256: optionalText(64),
      account_id: int,
      created: int,
      expires: int,
    },
    unique: [['token_hash']],
    index: [['expires']],
  }),
} as const
