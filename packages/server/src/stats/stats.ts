import { encodeBlock, readBlock } from './block-codec.ts'
import { readHistory, type Series } from './history.ts'
import { addSample, emptyMeans, type Means, meanOf } from './means.ts'
import { createRollUp } from './roll-up.ts'
import { type Sample, type SeriesKind, seriesFields, shardOf, slotOf, stepOf, tiers } from './series.ts'
import { blocksSince, deleteBefore, type StatBlock, type StatDb, writeBlocks } from './stat-block.repository.ts'

/** What a report says beyond its sample: kept in memory only. */
export type GuestMemory = {
  readonly memoryBytes: number
  readonly memoryTargetBytes: number
  readonly memoryFreeBytes?: number | undefined
}
export type Latest = {
  /** When it came, and the time that its rates are of, ms. */
  readonly at: number
  readonly spanMs: number
  readonly sample: Sample
  readonly memory?: GuestMemory | undefined
}

/** What hosts and guests use: the newest figures in memory, a week of means in blocks. */
export type Stats = {
  readonly record: (kind: SeriesKind, id: number, latest: Latest) => void
  /** The newest figures of an object; undefined when they are old or there are none. */
  readonly latest: (kind: SeriesKind, id: number) => Latest | undefined
  /** Means of each object between two times, the finest that is kept for as long. */
  readonly history: (kind: SeriesKind, ids: readonly number[], from: number, to: number) => Promise<Series>
  /** Writes the slots that have ended; all that is there with `everything`. */
  readonly write: (everything?: boolean) => Promise<void>
  /** Learns the newest figures that were written since by other servers, or by the life of this one before. */
  readonly follow: () => Promise<void>
  /** Makes means of longer slots from shorter ones, then deletes what is older than is kept. */
  readonly rollUp: (keepMs: number) => Promise<void>
}

/** Samples of a slot come for so long after its end: a report is of the slot that it arrives in. */
const lateMs = 2000
/** What could not be written for so long is given up. */
const heldMs = 600_000
const forgottenMs = 3_600_000

export function createStats(at: StatDb, writer: number): Stats {
  const { runtime } = at
  const newest = new Map<SeriesKind, Map<number, Latest>>()
  /** slot → kind → object → means. */
  const open = new Map<number, Map<SeriesKind, Map<number, Means>>>()
  const rolls = createRollUp(at)

  const of = <V>(kind: SeriesKind, all: Map<SeriesKind, Map<number, V>>): Map<number, V> => {
    const own = all.get(kind) ?? new Map<number, V>()
    all.set(kind, own)
    return own
  }

  function record(kind: SeriesKind, id: number, latest: Latest): void {
    of(kind, newest).set(id, latest)
    const slot = slotOf(0, latest.at)
    const kinds = open.get(slot) ?? new Map<SeriesKind, Map<number, Means>>()
    open.set(slot, kinds)
    const objects = of(kind, kinds)
    const means = objects.get(id) ?? emptyMeans(seriesFields[kind].length)
    objects.set(id, means)
    addSample(means, latest.sample)
  }

  async function write(everything = false): Promise<void> {
    const now = runtime.now()
    for (const slot of [...open.keys()]) if (slot + heldMs < now) open.delete(slot)
    const ended = [...open].filter(([slot]) => everything || slot + stepOf(0) + lateMs <= now)
    await writeBlocks(
      at,
      ended.flatMap(([slot, kinds]) => [...kinds].flatMap(([kind, own]) => blocksOfSlot(slot, kind, own, writer))),
    )
    for (const [slot] of ended) open.delete(slot)
  }

  async function follow(): Promise<void> {
    for (const { kind, shard, slot, data } of await blocksSince(at, runtime.now() - 3 * stepOf(0), writer)) {
      if (!(kind in seriesFields)) continue
      const known = of(kind as SeriesKind, newest)
      readBlock(kind as SeriesKind, shard, data, (id, sample) => {
        const before = known.get(id)
        const time = slot + stepOf(0)
        if (before === undefined || before.at < slot) known.set(id, { at: time, spanMs: stepOf(0), sample })
      })
    }
  }

  async function rollUp(keepMs: number): Promise<void> {
    await rolls()
    const now = runtime.now()
    for (const tier of [0, 1, 2] as const) {
      await deleteBefore(at, tier, now - Math.min(keepMs, (tiers[tier] as { keepMs: number }).keepMs))
    }
    for (const known of newest.values()) {
      for (const [id, { at: time }] of known) if (time + forgottenMs < now) known.delete(id)
    }
  }

  return {
    record,
    latest(kind, id) {
      const found = newest.get(kind)?.get(id)
      if (found === undefined) return undefined
      return runtime.now() - found.at > Math.max(90_000, 2.5 * found.spanMs) ? undefined : found
    },
    history: (kind, ids, from, to) =>
      readHistory(at, kind, ids, from, to, (take) => {
        for (const [slot, kinds] of open) {
          const objects = kinds.get(kind)
          for (const id of ids) {
            const means = objects?.get(id)
            if (means) take(id, slot, meanOf(means))
          }
        }
      }),
    write,
    follow,
    rollUp,
  }
}

function blocksOfSlot(
  slot: number,
  kind: SeriesKind,
  objects: ReadonlyMap<number, Means>,
  writer: number,
): readonly StatBlock[] {
  const shards = new Map<number, Map<number, Sample>>()
  for (const [id, means] of objects) {
    const shard = shards.get(shardOf(id)) ?? new Map<number, Sample>()
    shards.set(shardOf(id), shard.set(id, meanOf(means)))
  }
  return [...shards].map(([shard, samples]) => ({
    tier: 0,
    slot,
    kind,
    shard,
    writer,
    data: encodeBlock(kind, samples),
  }))
}
