/** Share of a capacity that is used, 0 to 1, at a time in ms. */
export type SharePoint = { readonly at: number; readonly share: number }
export type Trend = {
  /** Change of the share a day; negative: it empties. */
  readonly perDay: number
  /** Days until the threshold; 0: it is reached; undefined: never at this rate, or not within ten years. */
  readonly days: number | undefined
}

const dayMs = 86_400_000
/** Less says more of the hour than of the week. */
const leastPoints = 6
const leastSpanMs = dayMs / 4
const longestDays = 3650

/**
 * A straight line through the points (least squares), and when it crosses `threshold`. The way there begins at what is used
 * now, not at the line. Undefined: too few points, or over too short a time, to say anything.
 */
export function trendOf(points: readonly SharePoint[], threshold: number): Trend | undefined {
  const last = points.at(-1)
  const first = points[0]
  if (first === undefined || last === undefined || points.length < leastPoints) return undefined
  if (last.at - first.at < leastSpanMs) return undefined
  const meanAt = points.reduce((sum, point) => sum + point.at, 0) / points.length
  const meanShare = points.reduce((sum, point) => sum + point.share, 0) / points.length
  let [above, below] = [0, 0]
  for (const { at, share } of points) {
    above += (at - meanAt) * (share - meanShare)
    below += (at - meanAt) ** 2
  }
  const perDay = (above / below) * dayMs
  if (last.share >= threshold) return { perDay, days: 0 }
  const days = (threshold - last.share) / perDay
  return { perDay, days: perDay > 0 && days <= longestDays ? days : undefined }
}
