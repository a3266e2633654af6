import type { RoleType } from './define-command.ts'

export type FieldType =
  | 'string'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'boolean'
  | 'date'
  | 'map'
  | 'list'
  | 'set'
  | 'object'

export type Field = {
  readonly type: FieldType
  readonly description: string
  /** Shown to these role types only (CloudStack's full and restricted view). */
  readonly roles?: readonly RoleType[]
  /** Fields of a nested object or of a list's items. */
  readonly of?: ResponseDefinition
  readonly since?: string
  /** Redacted in logs and events. */
  readonly sensitive?: boolean
  readonly extension?: boolean
}

/** The declared fields of an answer object. A view may fill fewer; an undeclared field is a Bug. */
export type ResponseDefinition = {
  /** CloudStack's class name in responses.json, e.g. `UserVmResponse`. */
  readonly name: string
  readonly fields: Readonly<Record<string, Field>>
}

export function defineResponse<const R extends ResponseDefinition>(response: R): R {
  return Object.freeze(response)
}

type FieldValue<F extends Field> = F['type'] extends 'integer' | 'long' | 'float' | 'double'
  ? number
  : F['type'] extends 'boolean'
    ? boolean
    : F['type'] extends 'date'
      ? number
      : F['type'] extends 'string'
        ? string
        : unknown

/** What a view hands to the edge: numbers as numbers, dates as milliseconds; null and undefined are omitted on the wire. */
export type ResponseValue<R extends ResponseDefinition> = {
  readonly [K in keyof R['fields']]?: FieldValue<R['fields'][K]> | null | undefined
}
