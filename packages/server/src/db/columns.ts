import type { ColumnType, Generated, Insertable, Selectable, Updateable } from 'kysely'

/** A column as data: DDL of each dialect and the TypeScript row types are both derived from it. */
export type Column = {
  readonly kind: 'pk' | 'int' | 'bool' | 'real' | 'text' | 'longtext' | 'blob'
  readonly nullable: boolean
  /** Characters of `text`. */
  readonly length?: number
  readonly default?: number | string
  readonly unique?: boolean
  /** Holds ciphertext of `secrets`: never logged, never shown. */
  readonly secret?: boolean
}

/** 64-bit integer primary key, numbered by the database. */
export const pk = { kind: 'pk', nullable: false } as const satisfies Column
/** Public id: 36 characters, unique. */
export const uuid = { kind: 'text', nullable: false, length: 40, unique: true } as const satisfies Column
/** 64-bit integer: counts, bytes, milliseconds since the epoch, ids of other tables. */
export const int = { kind: 'int', nullable: false } as const satisfies Column
export const optionalInt = { kind: 'int', nullable: true } as const satisfies Column
export const real = { kind: 'real', nullable: false } as const satisfies Column
/** Bytes, up to 16 MiB. */
export const blob = { kind: 'blob', nullable: false } as const satisfies Column
export const longtext = { kind: 'longtext', nullable: true } as const satisfies Column

export function count<const D extends number>(value: D): { kind: 'int'; nullable: false; default: D } {
  return { kind: 'int', nullable: false, default: value }
}
/** 0 or 1. */
export function bool<const D extends 0 | 1>(value: D): { kind: 'bool'; nullable: false; default: D } {
  return { kind: 'bool', nullable: false, default: value }
}
export function text(length = 255): { kind: 'text'; nullable: false; length: number } {
  return { kind: 'text', nullable: false, length }
}
export function optionalText(length = 255): { kind: 'text'; nullable: true; length: number } {
  return { kind: 'text', nullable: true, length }
}
export function textWith<const D extends string>(
  value: D,
  length = 32,
): { kind: 'text'; nullable: false; length: number; default: D } {
  return { kind: 'text', nullable: false, length, default: value }
}
/** Ciphertext made by `secrets.seal`. */
export const secret = { kind: 'longtext', nullable: true, secret: true } as const satisfies Column

export type Table = {
  readonly columns: Readonly<Record<string, Column>>
  /** Column lists; `unique` ones are constraints (NULLs are distinct in both dialects). */
  readonly unique?: readonly (readonly string[])[]
  readonly index?: readonly (readonly string[])[]
}

export function table<const T extends Table>(definition: T): T {
  return definition
}

type Base<C extends Column> = C['kind'] extends 'text' | 'longtext'
  ? string
  : C['kind'] extends 'blob'
    ? Uint8Array
    : number
type Nullable<C extends Column> = C['nullable'] extends true ? Base<C> | null : Base<C>
type ColumnOf<C extends Column> = C['kind'] extends 'pk'
  ? Generated<number>
  : 'default' extends keyof C
    ? Generated<Nullable<C>>
    : C['nullable'] extends true
      ? ColumnType<Nullable<C>, Nullable<C> | undefined, Nullable<C>>
      : Base<C>

export type TableTypes<T extends Readonly<Record<string, Table>>> = {
  [N in keyof T]: { [K in keyof T[N]['columns']]: ColumnOf<T[N]['columns'][K]> }
}
export type { Insertable, Selectable, Updateable }
