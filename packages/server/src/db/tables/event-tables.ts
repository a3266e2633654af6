import { bool, count, int, longtext, optionalInt, optionalText, pk, table, text, textWith, uuid } from '../columns.ts'

export const eventTables = {
  event: table({
    columns: {
      id: pk,
      uuid,
      type: text(50),
      state: textWith('Completed'),
      description: text(1024),
      user_id: int,
      account_id: int,
      domain_id: int,
      resource_id: optionalInt,
      resource_type: optionalText(32),
      resource_uuid: optionalText(40),
      created: int,
      level: textWith('INFO', 16),
      start_id: count(0),
      parameters: longtext,
      archived: bool(0),
      display: bool(1),
    },
    index: [['account_id', 'created'], ['created'], ['start_id'], ['resource_type', 'resource_id']],
  }),
  alert: table({
    columns: {
      id: pk,
      uuid,
      type: int,
      name: text(64),
      cluster_id: optionalInt,
      pod_id: optionalInt,
      data_center_id: optionalInt,
      subject: text(999),
      content: longtext,
      sent_count: count(1),
      created: int,
      last_sent: int,
      resolved: optionalInt,
      archived: bool(0),
    },
    index: [['type', 'data_center_id'], ['created']],
  }),
  /** The flight recorder: every state move, in the move's own transaction. Serves push, audit, `why` and other servers. */
  change_feed: table({
    columns: {
      /** Sequence: the SSE id. */
      id: pk,
      at: int,
      entity: text(40),
      entity_id: int,
      entity_uuid: text(40),
      from_state: optionalText(40),
      to_state: optionalText(40),
      /** Event of the state table. */
      event: optionalText(64),
      cause: text(100),
      evidence: longtext,
      account_id: optionalInt,
      domain_id: optionalInt,
      server_incarnation: text(40),
    },
    index: [['entity', 'entity_id', 'id'], ['at']],
  }),
} as const
