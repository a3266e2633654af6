import { mulberry32 } from '../../packages/testkit/src/simulated-runtime.ts'
import { killSeed, sweepOnLab } from './lab-sweep.ts'
import { allPoints, numbered } from './plan.ts'

/**
 * Every `of`th point of the whole list, from the `index`th (1-based): each shard has a lab of its own. ALTO_KILL_ONLY=5,17
 * plays just those of them, by their numbers in the list.
 */
export async function sweepShard(index: number, of: number): Promise<void> {
  const points = allPoints(mulberry32(killSeed))
  const only = process.env.ALTO_KILL_ONLY?.split(',').map(Number)
  const chosen = numbered(points, points).filter(({ number }) =>
    only === undefined ? number % of === index % of : only.includes(number) && number % of === index % of,
  )
  await sweepOnLab(`kill sweep on the lab, shard ${index} of ${of}`, chosen, points.length)
}
