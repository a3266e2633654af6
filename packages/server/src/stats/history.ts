import { readBlock } from './block-codec.ts'
import { addSample, emptyMeans, type Means, meanOf } from './means.ts'
import {
  allTiers,
  type Sample,
  type SeriesKind,
  seriesFields,
  shardOf,
  slotOf,
  stepOf,
  type Tier,
  tiers,
} from './series.ts'
import { blocksOf, edgeSlot, type StatDb } from './stat-block.repository.ts'

/** A mean; `at` is the begin of its slot, ms. */
export type Point = { readonly at: number; readonly sample: Sample }
export type Series = {
  /** Length of a slot, ms. */
  readonly stepMs: number
  /** In order of time; slots that nothing is known of are left out. */
  readonly points: ReadonlyMap<number, readonly Point[]>
}

/** Blocks that are read at once. */
const shardsOfTurn = 8

/**
 * Means of some objects from `from` to `to`, ms, in the finest tier that is kept since `from`. What the tier does not have
 * yet, its newest part, is summed up from finer ones, and at last from what is not written yet.
 */
export async function readHistory(
  at: StatDb,
  kind: SeriesKind,
  ids: readonly number[],
  from: number,
  to: number,
  unwritten: (take: (id: number, slot: number, sample: Sample) => void) => void = () => {},
): Promise<Series> {
  const tier = tierFor(at.runtime.now(), from)
  const wanted = new Set(ids)
  const means = new Map<number, Map<number, Means>>(ids.map((id) => [id, new Map()]))
  const shards = [...new Set(ids.map(shardOf))]
  let begin = slotOf(tier, from)
  for (let source: Tier = tier; ; source = (source - 1) as Tier) {
    // Older ones were deleted: nobody looks for them.
    begin = Math.max(begin, slotOf(source, at.runtime.now() - (tiers[source] as { keepMs: number }).keepMs))
    for (let first = 0; first < shards.length; first += shardsOfTurn) {
      const some = shards.slice(first, first + shardsOfTurn)
      for (const { slot, shard, data } of await blocksOf(at, source, kind, some, begin, to)) {
        readBlock(kind, shard, data, (id, sample) => take(id, slotOf(tier, slot), sample, stepOf(source)), wanted)
      }
      if (shards.length > shardsOfTurn) await at.runtime.sleep(0)
    }
    if (source === 0) break
    const last = await edgeSlot(at, source, 'last')
    if (last !== undefined) begin = Math.max(begin, last + stepOf(source))
  }
  unwritten((id, slot, sample) => {
    if (slot >= begin && slot < to && wanted.has(id)) take(id, slotOf(tier, slot), sample, stepOf(0))
  })
  return {
    stepMs: stepOf(tier),
    points: new Map([...means].map(([id, slots]) => [id, inOrder(slots)])),
  }

  function take(id: number, slot: number, sample: Sample, weight: number): void {
    const slots = means.get(id) as Map<number, Means>
    const own = slots.get(slot) ?? emptyMeans(seriesFields[kind].length)
    slots.set(slot, own)
    addSample(own, sample, weight)
  }
}

function inOrder(slots: ReadonlyMap<number, Means>): Point[] {
  return [...slots].sort(([a], [b]) => a - b).map(([slot, own]) => ({ at: slot, sample: meanOf(own) }))
}

/** The finest tier that still has what was at `from`. */
export function tierFor(now: number, from: number): Tier {
  return allTiers.find((tier) => now - from <= (tiers[tier] as { keepMs: number }).keepMs) ?? 2
}
