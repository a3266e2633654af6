import type { Runtime } from '@altostack/core'
import type { Db, Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { type SeriesKind, stepOf, type Tier } from './series.ts'

/** Where blocks are: a file of their own beside SQLite, else the server's database. */
export type StatDb = { readonly db: Db; readonly runtime: Runtime }
export type StatBlock = Row<'stat_block'>
export type BlockPlace = { readonly kind: SeriesKind; readonly shard: number }

const rowsOfStatement = 64

/** Writes blocks in commits of their own, others' work between them; one that is there already is replaced. */
export async function writeBlocks(at: StatDb, blocks: readonly StatBlock[]): Promise<void> {
  for (let from = 0; from < blocks.length; from += rowsOfStatement) {
    const some = blocks.slice(from, from + rowsOfStatement)
    await transact(at, async (tx) => void (await tx.replaceInto('stat_block').values(some).execute()))
    await at.runtime.sleep(0)
  }
}

/** Which blocks there are in a stretch of time, each place once. */
export async function placesBetween({ db }: StatDb, tier: Tier, from: number, to: number): Promise<BlockPlace[]> {
  const rows = await db
    .selectFrom('stat_block')
    .select(['kind', 'shard'])
    .distinct()
    .where('tier', '=', tier)
    .where('slot', 'in', slots(tier, from, to))
    .execute()
  return rows as BlockPlace[]
}

/** Blocks of some shards, in order of time; `to` is not included. */
export async function blocksOf(
  { db }: StatDb,
  tier: Tier,
  kind: SeriesKind,
  shards: readonly number[],
  from: number,
  to: number,
): Promise<readonly Pick<StatBlock, 'slot' | 'shard' | 'data'>[]> {
  const wanted = slots(tier, from, to)
  if (wanted.length === 0 || shards.length === 0) return []
  return await db
    .selectFrom('stat_block')
    .select(['slot', 'shard', 'data'])
    .where('tier', '=', tier)
    .where('slot', 'in', wanted)
    .where('kind', '=', kind)
    .where('shard', 'in', [...shards])
    .orderBy('slot')
    .execute()
}

/** Samples that were written since, by any server but the one that asks. */
export async function blocksSince({ db }: StatDb, from: number, notWriter: number): Promise<readonly StatBlock[]> {
  return await db
    .selectFrom('stat_block')
    .selectAll()
    .where('tier', '=', 0)
    .where('slot', '>=', from)
    .where('writer', '!=', notWriter)
    .execute()
}

export async function edgeSlot({ db }: StatDb, tier: Tier, which: 'first' | 'last'): Promise<number | undefined> {
  const row = await db
    .selectFrom('stat_block')
    .select('slot')
    .where('tier', '=', tier)
    .orderBy('slot', which === 'first' ? 'asc' : 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.slot
}

/** Deletes what is older, a slot a commit. */
export async function deleteBefore(at: StatDb, tier: Tier, before: number): Promise<void> {
  for (;;) {
    const oldest = await edgeSlot(at, tier, 'first')
    if (oldest === undefined || oldest >= before) return
    await at.db.deleteFrom('stat_block').where('tier', '=', tier).where('slot', '=', oldest).execute()
    await at.runtime.sleep(0)
  }
}

/** Every slot of a tier that begins in a stretch of time: the index finds each without looking at what lies between. */
function slots(tier: Tier, from: number, to: number): number[] {
  const step = stepOf(tier)
  const found: number[] = []
  for (let slot = Math.ceil(from / step) * step; slot < to; slot += step) found.push(slot)
  return found
}
