import { encodeBlock, readBlock } from './block-codec.ts'
import { addSample, emptyMeans, type Means, meanOf } from './means.ts'
import { type SeriesKind, seriesFields, slotOf, stepOf, type Tier } from './series.ts'
import {
  type BlockPlace,
  blocksOf,
  edgeSlot,
  placesBetween,
  type StatBlock,
  type StatDb,
  writeBlocks,
} from './stat-block.repository.ts'

/** The last blocks of a slot are written by then, on every server. */
const settledMs = [0, 90_000, 240_000] as const
/** Shards that are summed up in one turn. */
const shardsOfTurn = 16

/**
 * Answers what makes the means of five minutes and of hours that are due. It goes by what is written: killed at any point,
 * the next life goes on; two servers that do the same at once write the same.
 */
export function createRollUp(at: StatDb): () => Promise<void> {
  const next: [number, number | undefined, number | undefined] = [0, undefined, undefined]

  async function tier(to: 1 | 2): Promise<void> {
    const source = (to - 1) as Tier
    // The last slot that is there may be half done.
    let slot = next[to] ?? (await edgeSlot(at, to, 'last')) ?? 0
    const first = await edgeSlot(at, source, 'first')
    if (first === undefined) return
    slot = Math.max(slot, slotOf(to, first))
    const now = at.runtime.now()
    for (; slot + stepOf(to) + settledMs[to] <= now; slot += stepOf(to)) {
      await rollSlot(at, source, to, slot)
      next[to] = slot + stepOf(to)
    }
  }

  return async () => {
    await tier(1)
    await tier(2)
  }
}

async function rollSlot(at: StatDb, source: Tier, to: 1 | 2, slot: number): Promise<void> {
  const end = slot + stepOf(to)
  const places = await placesBetween(at, source, slot, end)
  // Another server was faster.
  if (places.length === (await placesBetween(at, to, slot, end)).length) return
  for (const [kind, own] of Map.groupBy(places, (place: BlockPlace) => place.kind)) {
    for (let from = 0; from < own.length; from += shardsOfTurn) {
      const shards = own.slice(from, from + shardsOfTurn).map(({ shard }) => shard)
      await writeBlocks(at, await meansOf(at, source, { tier: to, slot, kind, shards }))
    }
  }
}

async function meansOf(
  at: StatDb,
  source: Tier,
  wanted: {
    readonly tier: 1 | 2
    readonly slot: number
    readonly kind: SeriesKind
    readonly shards: readonly number[]
  },
): Promise<StatBlock[]> {
  const { tier, slot, kind, shards } = wanted
  const means = new Map<number, Map<number, Means>>()
  for (const block of await blocksOf(at, source, kind, shards, slot, slot + stepOf(tier))) {
    const shard = means.get(block.shard) ?? new Map<number, Means>()
    means.set(block.shard, shard)
    readBlock(kind, block.shard, block.data, (id, sample) => {
      const own = shard.get(id) ?? emptyMeans(seriesFields[kind].length)
      shard.set(id, own)
      addSample(own, sample)
    })
  }
  return [...means].map(([shard, objects]) => ({
    tier,
    slot,
    kind,
    shard,
    writer: 0,
    data: encodeBlock(kind, new Map([...objects].map(([id, own]) => [id, meanOf(own)]))),
  }))
}
