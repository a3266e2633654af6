import { Bug } from '@altostack/core'
import type { RoleType } from '../define-command.ts'
import type { Field, ResponseDefinition } from '../define-response.ts'
import { formatDate } from './parse-date.ts'
import { plain, shapeObject } from './shape.ts'

/** The JSON text of a value; undefined when it has not the field's type. */
type Writer = (value: unknown) => string | undefined
type Slot = {
  /** Which of the view's values. */
  readonly at: number
  readonly before: string
  readonly write: Writer
  /** The value written last and its text: most fields of a list say the same in row after row. */
  last: unknown
  text: string
}
/** How views with these keys in this order are written. */
type Layout = { readonly keys: readonly string[]; readonly slots: readonly Slot[] }

/** Lists hold hundreds of views of one make, seldom of more than a few. */
const layoutsKept = 8
const layoutsOf = new WeakMap<ResponseDefinition, Map<RoleType, Layout[]>>()

/**
 * The same text as `JSON.stringify(shapeObject(response, view, role))`, and the same Bugs. Long lists are written so: the
 * objects between would cost as much as everything else of the answer.
 */
export function objectText(response: ResponseDefinition, view: object, role: RoleType): string {
  let text = ''
  const slots = layoutOf(response, view, role)
  const values = Object.values(view)
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] as Slot
    const value = values[slot.at]
    if (value === null || value === undefined) continue
    if (value !== slot.last) {
      const written = slot.write(value)
      if (written === undefined) throw wrong(response, view, role)
      slot.text = slot.before + written
      // Objects may change behind their identity.
      slot.last = typeof value === 'object' ? undefined : value
    }
    text += slot.text
  }
  return `{${text.slice(1)}}`
}

function layoutOf(response: ResponseDefinition, view: object, role: RoleType): readonly Slot[] {
  const keys = Object.keys(view)
  const byRole = layoutsOf.get(response) ?? new Map<RoleType, Layout[]>()
  layoutsOf.set(response, byRole)
  const known = byRole.get(role) ?? []
  for (const layout of known) if (same(layout.keys, keys)) return layout.slots
  if (keys.some((key) => !Object.hasOwn(response.fields, key))) throw wrong(response, view, role)
  const own = new Set(keys)
  const slots = Object.entries(response.fields)
    .filter(([name, field]) => own.has(name) && (field.roles?.includes(role) ?? true))
    .map(([name, field]): Slot => {
      return {
        at: keys.indexOf(name),
        before: `,${JSON.stringify(name)}:`,
        write: writer(field, role),
        last: undefined,
        text: '',
      }
    })
  byRole.set(role, [{ keys, slots }, ...known.slice(0, layoutsKept - 1)])
  return slots
}

function same(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false
  return true
}

function writer(field: Field, role: RoleType): Writer {
  const { of } = field
  switch (field.type) {
    case 'string':
      return (value) => (typeof value === 'string' ? quoted(value) : undefined)
    case 'boolean':
      return (value) => (value === true ? 'true' : value === false ? 'false' : undefined)
    case 'integer':
    case 'long':
      return (value) => (Number.isSafeInteger(value) ? `${value}` : undefined)
    case 'float':
    case 'double':
      return (value) => (Number.isFinite(value) ? `${value}` : undefined)
    case 'date':
      return (value) => (Number.isSafeInteger(value) ? `"${formatDate(value as number)}"` : undefined)
    case 'list':
    case 'set': {
      const item: Writer = of
        ? (value) => (isRecord(value) ? objectText(of, value, role) : undefined)
        : (value) => JSON.stringify(plain(value))
      return (value) => (Array.isArray(value) ? listText(value, item) : undefined)
    }
    case 'map':
      return (value) => (isRecord(value) ? JSON.stringify(plain(value)) : undefined)
    case 'object':
      return of
        ? (value) => (isRecord(value) ? objectText(of, value, role) : undefined)
        : (value) => JSON.stringify(plain(value))
  }
}

function listText(items: readonly unknown[], write: Writer): string | undefined {
  let text = ''
  for (const item of items) {
    const written = write(item)
    if (written === undefined) return undefined
    text += `,${written}`
  }
  return `[${text.slice(1)}]`
}

/** Characters that JSON escapes, and halves of pairs, which it escapes where they are alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /["\\\u0000-\u001f\ud800-\udfff]/

function quoted(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Shaping says what is wrong with a view. */
function wrong(response: ResponseDefinition, view: object, role: RoleType): Bug {
  shapeObject(response, view, role)
  return new Bug(`${response.name} is shaped but cannot be written`)
}
