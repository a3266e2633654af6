import { int, optionalInt, optionalText, pk, table, text, uuid } from '../columns.ts'

export const consoleTables = {
  /** One right to open a guest's console; used once. */
  console_session: table({
    columns: {
      id: pk,
      uuid,
      /** SHA-256 of the token: who reads the database cannot open a console. */
      token_hash: text(64),
      /** SHA-256 of what the client has to repeat beside the token; null: nothing. */
      extra_hash: optionalText(64),
      kind: text(16),
      account_id: int,
      domain_id: int,
      user_id: int,
      /** How its creator had logged in: one made in a browser's session is used in a session of the same user. */
      via: text(16),
      instance_id: int,
      host_id: optionalInt,
      creator_address: optionalText(64),
      client_address: optionalText(64),
      created: int,
      expires: int,
      acquired: optionalInt,
      removed: optionalInt,
      /** Who or what ended it: viewer, guest, server, user, or the code of a failure. */
      ended: optionalText(64),
      /** The life of the server that carries it. */
      incarnation: optionalText(40),
    },
    unique: [['token_hash']],
    index: [['instance_id'], ['created']],
  }),
} as const
