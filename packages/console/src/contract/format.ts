import { labelOf } from './labels.ts'

/** Fields whose numbers are bytes, MHz, MiB or per cent, by name: the contract says only that they are numbers. */
const bytes =
  /^(?:size|disksize(?:total|used|allocated)|memory(?:total|used|allocated|withoverprovisioning)(?:bytes)?|physicalsize|virtualsize|.*bytes)$/
const mebibytes = /^(?:memory|memoryint.*free|memorykbs)$/
const megahertz = /^(?:cpuspeed|cpuallocatedvalue|cpuwithoverprovisioning)$/

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

export function formatBytes(value: number): string {
  let size = value
  let unit = 0
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  const digits = unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2
  return `${Number(size.toFixed(digits))} ${units[unit]}`
}

/** The API's times end in +0000, which Date does not read everywhere. */
export function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(at) ? undefined : at
}

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

export function formatTime(text: unknown): string {
  const at = parseTime(text)
  return at === undefined ? String(text ?? '') : dayFormat.format(at)
}

export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A field's value as text; empty for what is absent. */
export function formatValue(name: string, type: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  if (type === 'date') return formatTime(value)
  if (typeof value === 'boolean') return value ? '✓' : '–'
  const measured = bytes.test(name) || megahertz.test(name)
  if (
    typeof value === 'number' ||
    (typeof value === 'string' && /^\d+$/.test(value) && (type !== 'string' || measured))
  ) {
    const number = Number(value)
    if (bytes.test(name)) return formatBytes(number)
    if (mebibytes.test(name)) return formatBytes(number * 1024 ** 2)
    if (megahertz.test(name)) return `${number} MHz`
    return Number.isInteger(number) ? String(value) : String(Number(number.toFixed(2)))
  }
  if (Array.isArray(value)) return value.map((item) => textOf(item)).join(', ')
  return textOf(value)
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const named = value as { readonly name?: unknown; readonly id?: unknown }
  if (typeof named.name === 'string') return named.name
  return Object.entries(value)
    .map(([key, inner]) => `${labelOf(key)}: ${textOf(inner)}`)
    .join(', ')
}

/** Whether a field holds a state, shown as a coloured tag. */
export function isState(name: string): boolean {
  return /^(?:state|status|resourcestate|allocationstate|level|powerstate|hastate)$/.test(name)
}

const numeric = new Set(['integer', 'long', 'float', 'double', 'short'])
export function isNumeric(type: string): boolean {
  return numeric.has(type)
}
