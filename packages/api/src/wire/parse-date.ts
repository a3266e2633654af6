const isoForm = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/i
const dayForm = /^(\d{4})-(\d\d)-(\d\d)$/

/**
 * Milliseconds since the epoch of an ISO form, `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd`; UTC unless an offset is given.
 * A bare day means its first instant, or with `endOfDay` its last second. Undefined for anything else, the 30th of
 * February included.
 */
export function parseDate(text: string, endOfDay = false): number | undefined {
  const day = dayForm.exec(text)
  if (day) {
    return endOfDay ? instant(day, [23, 59, 59, 0], 0) : instant(day, [0, 0, 0, 0], 0)
  }
  const iso = isoForm.exec(text)
  if (!iso) return undefined
  const milliseconds = Number((iso[7] ?? '0').padEnd(3, '0').slice(0, 3))
  return instant(iso, [Number(iso[4]), Number(iso[5]), Number(iso[6] ?? 0), milliseconds], offsetMinutes(iso[8]))
}

function instant(
  match: RegExpExecArray,
  [hour, minute, second, ms]: readonly [number, number, number, number],
  offset: number | undefined,
): number | undefined {
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (offset === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const midnight = new Date(0)
  // Date.UTC reads years below 100 as 19xx; setUTCFullYear does not.
  midnight.setUTCFullYear(year, month - 1, date)
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== date) return undefined
  return midnight.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms
}

function offsetMinutes(text: string | undefined): number | undefined {
  if (text === undefined || text.toUpperCase() === 'Z') return 0
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(-2))]
  if (hours > 18 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

const dayMs = 86_400_000
let day = Number.NaN
let dayText = ''

/** `yyyy-MM-dd'T'HH:mm:ss+0000`, the one form in which dates leave. */
export function formatDate(milliseconds: number): string {
  const today = Math.floor(milliseconds / dayMs)
  // Lists are full of dates of few days; Date and its text take a microsecond.
  if (today !== day) {
    dayText = new Date(today * dayMs).toISOString().slice(0, -13)
    day = today
  }
  const seconds = Math.floor((milliseconds - today * dayMs) / 1000)
  return `${dayText}${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}+0000`
}

function two(value: number): string {
  const whole = Math.floor(value)
  return whole < 10 ? `0${whole}` : `${whole}`
}
