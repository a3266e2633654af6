import { Bug, type Json, type JsonObject } from '@altostack/core'
import type { RoleType } from '../define-command.ts'
import type { Field, ResponseDefinition } from '../define-response.ts'
import { formatDate } from './parse-date.ts'

/**
 * A view's object as it goes on the wire: declared order, nulls left out, dates as text, fields of other roles left
 * out. A field that is not declared or has another type is a Bug.
 */
export function shapeObject(response: ResponseDefinition, view: object, role: RoleType): JsonObject {
  for (const name of Object.keys(view)) {
    if (!Object.hasOwn(response.fields, name)) throw new Bug(`${response.name} has no field ${name}`)
  }
  const shaped: Record<string, Json> = {}
  for (const [name, field] of Object.entries(response.fields)) {
    const value = (view as Readonly<Record<string, unknown>>)[name]
    if (value === null || value === undefined) continue
    if (field.roles && !field.roles.includes(role)) continue
    shaped[name] = shapeValue(`${response.name}.${name}`, field, value, role)
  }
  return shaped
}

function shapeValue(place: string, field: Field, value: unknown, role: RoleType): Json {
  switch (field.type) {
    case 'string':
      return expected(place, value, 'string')
    case 'boolean':
      return expected(place, value, 'boolean')
    case 'integer':
    case 'long':
      if (!Number.isSafeInteger(value)) throw new Bug(`${place} must be a whole number`)
      return value as number
    case 'float':
    case 'double':
      if (!Number.isFinite(value)) throw new Bug(`${place} must be a finite number`)
      return value as number
    case 'date':
      return formatDate(expected(place, value, 'number'))
    case 'list':
    case 'set':
      if (!Array.isArray(value)) throw new Bug(`${place} must be an array`)
      return value.map((item) => (field.of ? shapeObject(field.of, item as object, role) : plain(place, item)))
    case 'map':
      return plainMap(place, value)
    case 'object':
      return field.of ? shapeObject(field.of, value as object, role) : plain(place, value)
  }
}

type Primitive = { string: string; boolean: boolean; number: number }
function expected<T extends keyof Primitive>(place: string, value: unknown, type: T): Primitive[T] {
  if (typeof value !== type || Number.isNaN(value)) throw new Bug(`${place} must be a ${type}, not ${typeof value}`)
  return value as Primitive[T]
}

function plainMap(place: string, value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Bug(`${place} must be a map`)
  return plain(place, value) as JsonObject
}

/** JSON as it is, without undefined and nulls inside objects. */
function plain(place: string, value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map((item) => plain(place, item))
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined && inner !== null)
        .map(([name, inner]) => [name, plain(place, inner)]),
    )
  }
  throw new Bug(`${place} holds a ${typeof value}`)
}
