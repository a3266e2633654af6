import { volumeFailure } from '@altostack/core'
import { Cron } from 'croner'

export const intervalNames: readonly string[] = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY']

/**
 * CloudStack's schedule as a cron pattern: hourly MM, daily MM:HH, weekly MM:HH:D with 1 for Sunday to 7, monthly
 * MM:HH:DD with 1 to 28, so that every month has the day. Throws 431.
 */
export function cronPattern(interval: number, schedule: string): string {
  const parts = schedule.split(':')
  const wanted = [1, 2, 3, 3][interval] ?? 0
  const bounds: readonly (readonly [string, number, number])[] = [
    ['minute', 0, 59],
    ['hour', 0, 23],
    interval === 2 ? ['day of the week', 1, 7] : ['day of the month', 1, 28],
  ]
  const numbers = parts.map((part) => (/^\d{1,2}$/.test(part.trim()) ? Number(part) : Number.NaN))
  const wrong = bounds.slice(0, wanted).find(([, low, high], at) => {
    const number = numbers[at] ?? Number.NaN
    return !(number >= low && number <= high)
  })
  if (parts.length !== wanted || wrong !== undefined) {
    const why =
      wrong === undefined ? `${parts.length} parts, ${wanted} are needed` : `${wrong[0]} is ${wrong[1]} to ${wrong[2]}`
    throw volumeFailure('snapshot.policy', `schedule ${schedule} is none for ${intervalNames[interval]}: ${why}`, {
      seen: schedule,
    })
  }
  const [minute, hour = '*', day] = numbers
  if (interval === 2) return `${minute} ${hour} * * ${(day ?? 1) - 1}`
  return `${minute} ${hour} ${interval === 3 ? day : '*'} * *`
}

/** The next time after `now`, ms; daylight saving follows the time zone. Throws 431 for an unknown zone. */
export function nextRun(interval: number, schedule: string, timezone: string, now: number): number {
  const pattern = cronPattern(interval, schedule)
  try {
    const next = new Cron(pattern, { timezone, paused: true }).nextRun(new Date(now))
    if (next !== null) return next.getTime()
  } catch (error) {
    throw volumeFailure('snapshot.policy', `There is no time zone ${timezone}`, { seen: String(error) })
  }
  throw volumeFailure('snapshot.policy', `schedule ${schedule} is never due`)
}
