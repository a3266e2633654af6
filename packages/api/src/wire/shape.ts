import { Bug, type Json, type JsonObject } from '@altostack/core'
import type { RoleType } from '../define-command.ts'
import type { Field, ResponseDefinition } from '../define-response.ts'
import { formatDate } from './parse-date.ts'

type Entry = readonly [name: string, field: Field]
/** Lists shape hundreds of objects of one kind: its entries are taken once. */
const entriesOf = new WeakMap<ResponseDefinition, readonly Entry[]>()

function fieldEntries(response: ResponseDefinition): readonly Entry[] {
  const known = entriesOf.get(response)
  if (known) return known
  const entries = Object.entries(response.fields)
  entriesOf.set(response, entries)
  return entries
}

/**
 * A view's object as it goes on the wire: declared order, nulls left out, dates as text, fields of other roles left
 * out. A field that is not declared or has another type is a Bug.
 */
export function shapeObject(response: ResponseDefinition, view: object, role: RoleType): JsonObject {
  const shaped: Record<string, Json> = {}
  let known = 0
  for (const [name, field] of fieldEntries(response)) {
    const value = (view as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined || Object.hasOwn(view, name)) known++
    if (value === null || value === undefined) continue
    if (field.roles && !field.roles.includes(role)) continue
    const text = shapeValue(field, value, role)
    if (text === undefined) throw new Bug(`${response.name}.${name} must be a ${field.type}, not ${describe(value)}`)
    shaped[name] = text
  }
  if (Object.keys(view).length !== known) {
    const stray = Object.keys(view).find((name) => !Object.hasOwn(response.fields, name))
    throw new Bug(`${response.name} has no field ${stray}`)
  }
  return shaped
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'an array' : typeof value === 'number' ? String(value) : `a ${typeof value}`
}

/** The wire's form of a value; undefined when it has not the field's type. */
function shapeValue(field: Field, value: unknown, role: RoleType): Json | undefined {
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'integer':
    case 'long':
      return Number.isSafeInteger(value) ? (value as number) : undefined
    case 'float':
    case 'double':
      return Number.isFinite(value) ? (value as number) : undefined
    case 'date':
      return Number.isSafeInteger(value) ? formatDate(value as number) : undefined
    case 'list':
    case 'set':
      return Array.isArray(value) ? shapeItems(field, value, role) : undefined
    case 'map':
      return isRecord(value) ? plain(value) : undefined
    case 'object':
      if (field.of) return isRecord(value) ? shapeObject(field.of, value, role) : undefined
      return plain(value)
  }
}

function shapeItems(field: Field, items: readonly unknown[], role: RoleType): Json {
  const { of } = field
  return items.map((item) => {
    if (!of) return plain(item)
    if (!isRecord(item)) throw new Bug(`an item of ${of.name} is ${describe(item)}`)
    return shapeObject(of, item, role)
  })
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON as it is, without undefined and nulls inside objects. */
export function plain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map(plain)
  if (!isRecord(value)) throw new Bug(`an answer holds ${describe(value)}`)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined && inner !== null)
      .map(([name, inner]) => [name, plain(inner)]),
  )
}
