import type { Row } from '../contract/contract-types.ts'
import { formatBytes, parseTime } from '../contract/format.ts'

export const ranges = ['hour', 'day', 'week'] as const
export type Range = (typeof ranges)[number]
const hourMs = 3_600_000
export const rangeMs: Readonly<Record<Range, number>> = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs }

type Unit = 'percent' | 'bytes' | 'rate' | 'operations' | 'hertz'
export type Line = {
  /** Key of the text that names it, under `metrics.lines`. */
  readonly label: string
  readonly values: readonly (number | null)[]
}
export type Chart = {
  /** Key of its title, under `metrics.charts`. */
  readonly title: string
  readonly unit: Unit
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
}

const plan: readonly { title: string; unit: Unit; lines: readonly (readonly [label: string, field: string])[] }[] = [
  { title: 'cpu', unit: 'percent', lines: [['used', 'cpu']] },
  { title: 'memory', unit: 'bytes', lines: [['used', 'memory']] },
  {
    title: 'network',
    unit: 'rate',
    lines: [
      ['received', 'networkread'],
      ['sent', 'networkwrite'],
    ],
  },
  {
    title: 'disk',
    unit: 'rate',
    lines: [
      ['read', 'diskread'],
      ['written', 'diskwrite'],
    ],
  },
  {
    title: 'operations',
    unit: 'operations',
    lines: [
      ['reads', 'diskioread'],
      ['writes', 'diskiowrite'],
    ],
  },
  {
    title: 'storage',
    unit: 'bytes',
    lines: [
      ['used', 'storageused'],
      ['allocated', 'storageallocated'],
      ['effective', 'storagetotal'],
    ],
  },
  {
    title: 'allocatedMemory',
    unit: 'bytes',
    lines: [
      ['allocated', 'memoryallocated'],
      ['effective', 'memorytotal'],
    ],
  },
  {
    title: 'allocatedCpu',
    unit: 'hertz',
    lines: [
      ['allocated', 'cpuallocated'],
      ['effective', 'cputotal'],
    ],
  },
]

/** Charts of an object's history; those that no slot says anything about are left out. A hole stays a hole. */
export function chartsOf(slots: readonly Row[], stepSeconds: number): Chart[] {
  const { times, rows } = withHoles(slots, stepSeconds)
  return plan.flatMap(({ title, unit, lines }) => {
    const shown = lines
      .map(([label, field]) => ({ label, values: rows.map((row) => numberOf(row?.[field])) }))
      .filter(({ values }) => values.some((value) => value !== null))
    return shown.length === 0 ? [] : [{ title, unit, times, lines: shown }]
  })
}

/** Where more than three slots are missing, a line must not be drawn through. */
function withHoles(slots: readonly Row[], stepSeconds: number): { times: number[]; rows: (Row | undefined)[] } {
  const times: number[] = []
  const rows: (Row | undefined)[] = []
  for (const slot of slots) {
    const at = (parseTime(slot.timestamp) ?? 0) / 1000
    const before = times.at(-1)
    if (before !== undefined && at - before > 3.5 * stepSeconds) {
      times.push(before + stepSeconds)
      rows.push(undefined)
    }
    times.push(at)
    rows.push(slot)
  }
  return { times, rows }
}

function numberOf(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

const units: Readonly<Record<Unit, (value: number) => string>> = {
  percent: (value) => `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} %`,
  bytes: formatBytes,
  rate: (value) => `${formatBytes(value)}/s`,
  operations: (value) => `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)}/s`,
  hertz: (value) => `${(value / 1000).toFixed(1)} GHz`,
}

export function formatUnit(unit: Unit, value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : units[unit](value)
}

/** Steps of an axis: those of bytes are powers of two. */
export function axisSteps(unit: Unit): number[] {
  const decades = (base: number, parts: readonly number[], from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, power) => parts.map((part) => part * base ** (power + from))).flat()
  if (unit === 'bytes' || unit === 'rate') return decades(1024, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], 0, 6)
  return decades(10, [1, 2, 5], -2, 9)
}

/** When to ask again, ms: not before there can be something new. */
export function askAgainMs(stepSeconds: number, intervalSeconds: number): number {
  return Math.max(5, intervalSeconds, Math.min(stepSeconds, 300)) * 1000
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric' })

/** A time on an axis of so many ms: its clock within two days, else its day; midnight is a day. */
export function formatTick(seconds: number, spanMs: number): string {
  const at = new Date(seconds * 1000)
  const midnight = at.getHours() === 0 && at.getMinutes() === 0
  if (midnight) return day.format(at)
  return spanMs > 48 * hourMs ? '' : clock.format(at)
}
