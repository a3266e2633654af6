import { int, optionalText, pk, table, text, uuid } from '../columns.ts'

/** Resource tags: keys and values that owners hang on their objects. */
export const tagTables = {
  resource_tags: table({
    columns: {
      id: pk,
      uuid,
      key: text(),
      value: text(),
      /** As CloudStack calls the kind: UserVm, Volume… */
      resource_type: text(32),
      resource_uuid: text(40),
      customer: optionalText(),
      /** The object's owner. */
      account_id: int,
      domain_id: int,
      created: int,
    },
    unique: [['resource_uuid', 'key']],
    index: [['account_id'], ['domain_id'], ['resource_type']],
  }),
} as const
