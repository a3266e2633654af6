import { blob, int, table, text } from '../columns.ts'

export const statTables = {
  /**
   * What objects used: one mean of up to 64 of them in one slot of time (stats/block-codec.ts). With SQLite the rows are in
   * a file of their own, beside the database.
   */
  stat_block: table({
    columns: {
      /** 0: 30 seconds, 1: 5 minutes, 2: an hour. */
      tier: int,
      /** Begin of the slot, ms. */
      slot: int,
      kind: text(8),
      shard: int,
      /** Which server's life wrote it; 0 for those that are summed up from all. */
      writer: int,
      data: blob,
    },
    // Slots come first: what is new is written at the end and what is old is deleted at the beginning.
    unique: [['tier', 'slot', 'kind', 'shard', 'writer']],
  }),
} as const
