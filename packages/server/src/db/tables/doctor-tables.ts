import { int, longtext, optionalInt, pk, table, text, uuid } from '../columns.ts'

export const doctorTables = {
  /** What doctor changed on a host, with the state from before: written before anything is changed. */
  host_repair: table({
    columns: {
      id: pk,
      uuid,
      host_id: int,
      repair: text(64),
      check_name: text(64),
      /** Planned, Applied, Failed, Restored. */
      state: text(16),
      /** What the repair read before it acted: what it needs to go back. */
      before_state: longtext,
      /** JSON: what, before, after. */
      changes: longtext,
      user_id: int,
      created: int,
      applied: optionalInt,
      restored: optionalInt,
    },
    index: [['host_id', 'created']],
  }),
} as const
