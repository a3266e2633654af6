import type { AgentErrorData, MethodName, Tokens, VmToken } from '@altostack/agent-api'
import type { Json } from '@altostack/core'
import { type StateDatabase, transaction } from '../state-database.ts'
import { acceptTokens } from './tokens.ts'

export type SavedError = AgentErrorData & { readonly message: string; readonly rpcCode: number }
export type Outcome =
  | { readonly state: 'done'; readonly result: Json }
  | { readonly state: 'failed'; readonly error: SavedError }
export type Entry = {
  readonly key: string
  readonly method: MethodName
  readonly params: unknown
  readonly state: 'started' | 'done' | 'failed'
  readonly outcome?: Outcome
}

/** Intents and outcomes on disk. An intent is synced before its effect begins. */
export type Journal = {
  readonly find: (key: string) => Entry | undefined
  /** Checks and keeps the tokens and writes the intent, in one synced transaction. */
  readonly begin: (method: MethodName, params: unknown, tokens: Tokens, vm: VmToken | undefined) => void
  readonly finish: (key: string, outcome: Outcome) => void
  /** The intent had no effect: a repeat starts anew. */
  readonly forget: (key: string) => void
  /** Drops outcomes that a server has saved; started entries stay. */
  readonly acknowledge: (keys: readonly string[]) => void
  readonly started: () => Entry[]
  readonly openKeys: () => string[]
}

/** Epochs of runs are kept this long after their last call: longer than any run sleeps. */
const runMemoryMs = 90 * 24 * 3600 * 1000

export function openJournal(database: StateDatabase, now: () => number): Journal {
  const select = database.prepare('SELECT key, method, params, state, outcome FROM entry WHERE key = ?')
  const drop = database.prepare("DELETE FROM entry WHERE key = ? AND state <> 'started'")
  transaction(database, () => database.prepare('DELETE FROM run WHERE seen < ?').run(now() - runMemoryMs))
  return {
    find: (key) => readEntry(select.get(key) as EntryRow | undefined),
    begin(method, params, tokens, vm) {
      transaction(database, () => {
        acceptTokens(database, tokens, vm, now())
        database
          .prepare("INSERT INTO entry (key, method, params, state, created) VALUES (?, ?, ?, 'started', ?)")
          .run(tokens.key, method, JSON.stringify(params, withoutSecrets), now())
      })
    },
    finish(key, outcome) {
      database
        .prepare('UPDATE entry SET state = ?, outcome = ? WHERE key = ?')
        .run(outcome.state, JSON.stringify(outcome), key)
    },
    forget: (key) => void database.prepare('DELETE FROM entry WHERE key = ?').run(key),
    acknowledge(keys) {
      if (keys.length > 0) transaction(database, () => keys.forEach((key) => void drop.run(key)))
    },
    started: () =>
      (database.prepare("SELECT * FROM entry WHERE state = 'started' ORDER BY rowid").all() as EntryRow[]).map(
        (row) => readEntry(row) as Entry,
      ),
    openKeys: () =>
      (database.prepare('SELECT key FROM entry ORDER BY rowid').all() as { key: string }[]).map((row) => row.key),
  }
}

type EntryRow = { key: string; method: string; params: string; state: string; outcome: string | null }

function readEntry(row: EntryRow | undefined): Entry | undefined {
  if (row === undefined) return undefined
  return {
    key: row.key,
    method: row.method as MethodName,
    params: JSON.parse(row.params),
    state: row.state as Entry['state'],
    ...(row.outcome === null ? {} : { outcome: JSON.parse(row.outcome) as Outcome }),
  }
}

/** Probes never need them, so the disk never has them. */
function withoutSecrets(key: string, value: unknown): unknown {
  return key === 'vncPassword' || key === 'password' || key === 'mutualPassword' ? '' : value
}
